"""What CloudFormation reads from a bucket: the functions' code, and templates too long to be sent, by content hash."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.aws import Aws
from infra.deploy.errors import Unusable
from infra.deploy.parts import body

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
TEMPLATE_BYTES = 51_200
_FUNCTION = "AWS::Serverless::Function"


def bucket_name(stage: str, aws: Aws) -> str:
    """As infra/templates/artifacts.yaml names it."""
    return f"emporium-{stage}-artifacts-{aws.account}-{aws.region}"


def code_key(digest: str) -> str:
    return f"code/{digest}.zip"


def with_code(template: Mapping[str, Any], zips: Mapping[str, str], bucket: str) -> dict[str, Any]:
    """The SAM template whose functions take their code from the bucket; `zips` are sha256 by file name."""
    resources = {name: _placed(name, each, zips, bucket) for name, each in template["Resources"].items()}
    return {**template, "Resources": resources}


def upload(folder: Path, zips: Mapping[str, str], bucket: str, aws: Aws) -> int:
    """Puts the zips there that are not yet; gives how many were."""
    missing = [name for name, digest in zips.items() if not _is_there(bucket, code_key(digest), aws)]
    for name in missing:
        _put(bucket, code_key(zips[name]), (folder / name).read_bytes(), aws)
    return len(missing)


def sent(template: Mapping[str, Any], bucket: str, aws: Aws) -> dict[str, str]:
    """The argument that gives CloudFormation the template: itself or, where it is too long, where it lies."""
    text = body(template)
    if len(text.encode()) <= TEMPLATE_BYTES:
        return {"TemplateBody": text}
    key = f"templates/{hashlib.sha256(text.encode()).hexdigest()}.json"
    if not _is_there(bucket, key, aws):
        _put(bucket, key, text.encode(), aws)
    return {"TemplateURL": f"{aws.s3.meta.endpoint_url}/{bucket}/{key}"}


def _placed(name: str, resource: Mapping[str, Any], zips: Mapping[str, str], bucket: str) -> Mapping[str, Any]:
    if resource.get("Type") != _FUNCTION:
        return resource
    file = Path(str(resource["Properties"]["CodeUri"])).name
    if file not in zips:
        raise Unusable(f"{name} takes its code from {file}, which was not packed; there are: {', '.join(zips)}")
    code = f"s3://{bucket}/{code_key(zips[file])}"
    return {**resource, "Properties": {**resource["Properties"], "CodeUri": code}}


def _put(bucket: str, key: str, content: bytes, aws: Aws) -> None:
    """Into our own bucket alone: its name can be guessed, and somebody else may have taken it."""
    aws.s3.put_object(Bucket=bucket, Key=key, Body=content, ExpectedBucketOwner=aws.account)


def _is_there(bucket: str, key: str, aws: Aws) -> bool:
    try:
        aws.s3.head_object(Bucket=bucket, Key=key, ExpectedBucketOwner=aws.account)
    except ClientError as error:
        if error.response["Error"].get("Code") in ("404", "NoSuchKey", "NoSuchBucket", "NotFound"):
            return False
        raise
    return True
