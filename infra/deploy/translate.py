"""Translates a SAM template into plain CloudFormation here, so that what is linted is what is deployed."""

from collections.abc import Mapping
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.deploy.release import settled


class NotTranslated(ValueError):
    """The template is no sound SAM; the message names each resource that is wrong, and why."""


def translate(template: Mapping[str, Any], parameters: Mapping[str, str], region: str) -> dict[str, Any]:
    """The template as CloudFormation knows it without AWS's own macro (Transform: AWS::Serverless-2016-10-31).

    `parameters` are the values that the stack gets: SAM looks into some of them (whether there is a canary, say); they
    stay parameters of what it gives, but in functions that are released. Every CodeUri is an s3://bucket/key by then.
    Raises NotTranslated.
    """
    # No policy is given by its mere name, which SAM would ask AWS about: the map of those is empty.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    try:
        translated = translator.translate(settled(template, parameters), dict(parameters))
    except InvalidDocumentException as error:
        raise NotTranslated("; ".join(cause.message for cause in error.causes)) from None
    finally:
        translator.metrics.publish()  # to nowhere; SAM would warn, on stderr, that nobody asked for them
    return dict(translated)
