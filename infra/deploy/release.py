"""Safe releases: callers reach a function by an alias, and go over to its new version as the stage wants it.

A function of the overlay that has an `AutoPublishAlias` is called by it: SAM publishes a version of it with each
change, and CodeDeploy lets the alias go over, watched by the alarms that the function's DeploymentPreference names.
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

AT_ONCE = "AllAtOnce"
GRADUAL = (
    *(f"Canary10Percent{minutes}Minutes" for minutes in (5, 10, 15, 30)),
    "Linear10PercentEvery1Minute",
    *(f"Linear10PercentEvery{minutes}Minutes" for minutes in (2, 3, 10)),
)
ROLE = "ReleaseRole"
_FUNCTION = "AWS::Serverless::Function"


def released(template: Mapping[str, Any]) -> dict[str, Any]:
    """The merged SAM template with its API, its authorizer and their permissions on the aliases, and with CodeDeploy.

    How callers go over is the template's parameter Canary, a deployment type of CodeDeploy.
    """
    made = copy.deepcopy(dict(template))
    resources = made["Resources"]
    names = [name for name, each in resources.items() if _is_released(each)]
    for name in names:
        resources[name]["Properties"] |= _released_gradually()
    for each in resources.values():
        if each["Type"] == "AWS::Serverless::Api":
            each["Properties"] = _by_alias(each["Properties"], names)
        if each["Type"] == "AWS::Lambda::Permission":
            each["Properties"]["FunctionName"] = _alias_of(each["Properties"]["FunctionName"], names)
    resources[ROLE] = _role(names)
    made["Parameters"] = made.get("Parameters", {}) | {"Canary": copy.deepcopy(_CANARY)}
    made["Outputs"] = made.get("Outputs", {}) | {"Canary": {"Value": {"Ref": "Canary"}}}
    return made


def settled(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template with the values of its parameters written into the functions that have an alias.

    SAM publishes a version where a property of the function is another text; a parameter's new value would pass
    unseen, and callers would stay with the version that has the old one. What goes over all at once, which is what
    CloudFormation does by itself, has no CodeDeploy.
    """
    made = copy.deepcopy(dict(template))
    defaults = {name: str(rules["Default"]) for name, rules in made.get("Parameters", {}).items() if "Default" in rules}
    values = defaults | dict(parameters)
    for each in made.get("Resources", {}).values():
        if _is_released(each):
            each["Properties"] = _with_values(each["Properties"], values)
            if values.get("Canary") == AT_ONCE:
                each["Properties"].pop("DeploymentPreference", None)
    if values.get("Canary") == AT_ONCE:
        made["Resources"].pop(ROLE, None)
    return made


def _is_released(resource: Mapping[str, Any]) -> bool:
    return resource["Type"] == _FUNCTION and "AutoPublishAlias" in resource["Properties"]


def _released_gradually() -> dict[str, Any]:
    """A version with each change of any property: of the code alone is what SAM does otherwise."""
    preference = {
        "Type": {"Ref": "Canary"},
        "Role": {"Fn::GetAtt": [ROLE, "Arn"]},
        "PassthroughCondition": False,
    }
    return {"AutoPublishAliasAllProperties": True, "DeploymentPreference": preference}


def _by_alias(value: Any, names: Sequence[str]) -> Any:
    """What names a function's ARN within a text: so Chalice writes the API's integrations and its authorizer."""
    if isinstance(value, dict):
        return {key: _by_alias(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [_by_alias(each, names) for each in value]
    if isinstance(value, str):
        for name in names:
            value = value.replace(f"${{{name}.Arn}}", f"${{{name}.Alias}}")
    return value


def _alias_of(function: Any, names: Sequence[str]) -> Any:
    for name in names:
        if function in ({"Ref": name}, {"Fn::GetAtt": [name, "Arn"]}):
            return {"Ref": f"{name}.Alias"}
    return function


def _with_values(value: Any, parameters: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"Ref"} and value["Ref"] in parameters:
            return parameters[value["Ref"]]
        return {key: _with_values(each, parameters) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_values(each, parameters) for each in value]
    return value


def _role(names: Sequence[str]) -> dict[str, Any]:
    """CodeDeploy's: what AWSCodeDeployRoleForLambdaLimited has, as far as there are neither hooks nor a revision in S3.

    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCodeDeployRoleForLambdaLimited.html
    """
    functions = [arn for name in names for arn in ({"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}:*"})]
    aliases = ["lambda:GetAlias", "lambda:GetProvisionedConcurrencyConfig", "lambda:UpdateAlias"]
    statements = [
        {"Sid": "Aliases", "Effect": "Allow", "Action": aliases, "Resource": functions},
        {"Sid": "Alarms", "Effect": "Allow", "Action": ["cloudwatch:DescribeAlarms"], "Resource": "*"},
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "codedeploy.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}
            ],
        },
    }


_CANARY: Mapping[str, Any] = {
    "Type": "String",
    "Default": AT_ONCE,
    "AllowedValues": [AT_ONCE, *GRADUAL],
    "Description": "How callers go over to a new version.",
}
