"""What the front door's parameters make of it."""

from typing import Any

import pytest

from infra.local.stacks import TemplateError, parameters
from infra.local.stacks.intrinsics import Scope, holds, resolve
from infra.local.stacks.reading import read
from tests.infra.stacks.project import TEMPLATES

EDGE = read(TEMPLATES / "edge.yaml")
DOMAIN = {
    "DomainName": "shop.example.com",
    "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
}
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/mine/0a1b2c3d"


def made(**given: str) -> dict[str, Any]:
    """The properties of what is made, by logical id, where a resource's attribute is its own name."""
    values = parameters.values(EDGE, {"Stage": "dev"} | given)
    scope = Scope("edge.yaml", values, EDGE.conditions, lambda id, name: f"{id}.{name}", str)
    return {
        name: resolve(each["Properties"], scope, name)
        for name, each in EDGE.resources.items()
        if "Condition" not in each or holds({"Condition": each["Condition"]}, scope, name)
    }


def distribution(**given: str) -> dict[str, Any]:
    config: dict[str, Any] = made(**given)["Distribution"]["DistributionConfig"]
    return config


def test_without_a_word_it_is_an_address_of_cloudfront_without_a_firewall_and_logs() -> None:
    assert made().keys() == {"Distribution", "NobodysPath"}
    assert distribution()["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
    assert not {"Aliases", "WebACLId", "Logging"} & distribution().keys()


def test_a_domain_of_ones_own_is_spoken_to_by_tls_1_2_and_later_alone() -> None:
    config = distribution(**DOMAIN)
    assert config["Aliases"] == ["shop.example.com"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["ViewerCertificate"]["AcmCertificateArn"] == DOMAIN["CertificateArn"]


def test_a_domain_is_written_into_its_zone_only_where_the_zone_is_named() -> None:
    assert made(**DOMAIN).keys() == {"Distribution", "NobodysPath"}
    named = made(**DOMAIN, HostedZoneId="Z0123")
    records = {named[name]["Type"] for name in ("Address", "AddressV6")}
    assert records == {"A", "AAAA"}
    assert named["Address"]["AliasTarget"]["DNSName"] == "Distribution.DomainName"


def test_a_firewall_is_made_or_taken_as_it_is() -> None:
    rules = made(Firewall="on", RequestLimit="500")["WebAcl"]["Rules"]
    assert rules[0]["Statement"]["RateBasedStatement"] == {
        "AggregateKeyType": "IP",
        "EvaluationWindowSec": 300,
        "Limit": "500",
    }
    assert distribution(Firewall="on")["WebACLId"] == "WebAcl.Arn"
    assert distribution(WebAclArn=ACL)["WebACLId"] == ACL


def test_the_firewall_takes_as_long_a_body_as_the_doors_do() -> None:
    [common] = [rule for rule in made(Firewall="on")["WebAcl"]["Rules"] if rule["Name"] == "common"]
    overridden = common["Statement"]["ManagedRuleGroupStatement"]["RuleActionOverrides"]
    assert overridden == [{"Name": "SizeRestrictions_BODY", "ActionToUse": {"Count": {}}}]


def test_logs_go_where_a_bucket_is_named() -> None:
    assert distribution(LogBucket="logs.s3.amazonaws.com")["Logging"]["Prefix"] == "emporium-dev/"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CertificateArn", "arn:aws:acm:eu-west-1:123456789012:certificate/a"),
        ("WebAclArn", "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/a/b"),
        ("DomainName", "https://shop.example.com"),
        ("Firewall", "yes"),
    ],
)
def test_what_cloudfront_could_not_use_is_refused_before_anything_is_made(name: str, value: str) -> None:
    with pytest.raises(TemplateError, match=name):
        made(**{name: value})
