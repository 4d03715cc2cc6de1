"""Refuses to deploy what would break the contracts of what runs; those lie beside the code, one file a capability."""

from collections.abc import Iterable

from botocore.exceptions import ClientError

from infra.deploy.aws import Aws
from infra.deploy.contracts import BundleNotRead, breaks, bundle
from infra.deploy.errors import DeployError
from infra.deploy.package import capabilities
from infra.deploy.stacks import Say


def refuse_breaking(changed: Iterable[str], bucket: str, aws: Aws, *, allow: bool, say: Say) -> None:
    """Raises DeployError with what would break, or says it where that is allowed."""
    running = {name: stored for name in capabilities() if (stored := _running(name, bucket, aws)) is not None}
    try:
        broken = [each for name in changed for stored in running.values() for each in breaks(stored, bundle(name))]
    except BundleNotRead as error:
        if allow:
            return
        raise DeployError(f"s3://{bucket}/contracts: {error}; --allow-breaking deploys without asking") from None
    if broken and not allow:
        hint = "nothing was changed; mend it, or deploy with --allow-breaking"
        raise DeployError("\n".join(["it would break what runs:", *(f"  {each}" for each in broken), hint]))
    for each in broken:
        say(f"breaking, as allowed: {each}")


def remember(capability: str, bucket: str, aws: Aws) -> None:
    """Called once the capability runs: its contracts are what the next deployment is held against."""
    made = bundle(capability)
    if _running(capability, bucket, aws) != made:
        aws.s3.put_object(Bucket=bucket, Key=_key(capability), Body=made, ExpectedBucketOwner=aws.account)


def forget(capability: str, bucket: str, aws: Aws) -> None:
    """Called once the capability is destroyed: nobody counts on its contracts any more."""
    if _running(capability, bucket, aws) is not None:
        aws.s3.delete_object(Bucket=bucket, Key=_key(capability), ExpectedBucketOwner=aws.account)


def _running(capability: str, bucket: str, aws: Aws) -> bytes | None:
    try:
        stored = aws.s3.get_object(Bucket=bucket, Key=_key(capability), ExpectedBucketOwner=aws.account)
        return stored["Body"].read()
    except ClientError as error:
        if error.response["Error"].get("Code") in ("NoSuchKey", "NoSuchBucket", "404"):
            return None
        raise


def _key(capability: str) -> str:
    return f"contracts/{capability}.json"
