"""SNS that one missing queue does not stop, that signs without making a certificate for each message."""

import base64
import functools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import iso_8601_datetime_with_milliseconds, utcnow
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sqs.exceptions import QueueDoesNotExist

from infra.local.moto.patching import around, instead

CERTIFICATE = "SimpleNotificationService-local.pem"


def subscriptions_of(self: SNSBackend, topic: Topic) -> list[Subscription]:
    """From a snapshot: somebody may subscribe while a message is published."""
    return [subscription for subscription in list(self.subscriptions.values()) if subscription.topic is topic]


def publish(original: Callable[..., None], self: Subscription, *args: Any, **kwargs: Any) -> None:
    """A queue that is gone loses its own message (to the subscription's dead-letter queue), not everybody's."""
    try:
        original(self, *args, **kwargs)
    except QueueDoesNotExist:
        bury(original, self, *args, **kwargs)


def bury(original: Callable[..., None], subscription: Subscription, *args: Any, **kwargs: Any) -> None:
    policy = subscription.attributes.get("RedrivePolicy")
    if not policy:
        return
    target = target_of(policy)
    if target and target != subscription.endpoint:
        substitute = Subscription(subscription.account_id, subscription.topic, target, "sqs")
        substitute.attributes = subscription.attributes
        try:
            original(substitute, *args, **kwargs)
        except QueueDoesNotExist:
            return


def target_of(policy: str | dict[str, str]) -> str | None:
    details = json.loads(policy) if isinstance(policy, str) else policy
    return details.get("deadLetterTargetArn")


@functools.cache
def signing() -> tuple[rsa.RSAPrivateKey, bytes]:
    """The key and the certificate with which this process signs all messages."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(utcnow()).not_valid_after(utcnow() + timedelta(days=365))
    return key, builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def get_post_data(
    self: Subscription,
    message: str,
    message_id: str,
    subject: str | None,
    message_attributes: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The envelope of a message that is not delivered raw."""
    key, certificate = signing()
    region, timestamp = self.topic.sns_backend.region_name, iso_8601_datetime_with_milliseconds()
    # Whoever fetches the certificate is not signed in, and is therefore served from the default account.
    sns_backends[DEFAULT_ACCOUNT_ID][region]._message_public_keys[CERTIFICATE] = certificate
    text = "\n".join(
        f"{name}\n{value}"
        for name, value in (
            ("Message", message),
            ("MessageId", message_id),
            ("Timestamp", timestamp),
            ("TopicArn", self.topic.arn),
            ("Type", "Notification\n"),
        )
    )
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    envelope = {
        "Type": "Notification",
        "MessageId": message_id,
        "TopicArn": self.topic.arn,
        "Message": message,
        "Timestamp": timestamp,
        "SignatureVersion": "2",
        "Signature": base64.b64encode(signature).decode(),
        "SigningCertURL": f"https://sns.{region}.amazonaws.com/{CERTIFICATE}",
        "UnsubscribeURL": f"https://sns.{region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={self.arn}",
    }
    optional = {"Subject": subject, "MessageAttributes": message_attributes}
    return envelope | {name: value for name, value in optional.items() if value}


def mend() -> None:
    instead(SNSBackend, _get_topic_subscriptions=subscriptions_of)
    around(Subscription, "publish", publish)
    instead(Subscription, get_post_data=get_post_data)
