"""The same GET on Powertools' resolver, with its logger and metrics, as its documents show them."""

import os

import boto3
from aws_lambda_powertools import Logger, Metrics  # type: ignore[import-not-found]  # installed for the benchmark alone
from aws_lambda_powertools.event_handler import APIGatewayRestResolver  # type: ignore[import-not-found]
from aws_lambda_powertools.event_handler.exceptions import NotFoundError  # type: ignore[import-not-found]
from aws_lambda_powertools.metrics import MetricUnit  # type: ignore[import-not-found]
from boto3.dynamodb.types import TypeDeserializer

logger = Logger()
metrics = Metrics()
resolver = APIGatewayRestResolver()
dynamodb = boto3.client("dynamodb")
read = TypeDeserializer().deserialize


@resolver.get("/orders/<order_id>")  # type: ignore[untyped-decorator]
def get_order(order_id):  # type: ignore[no-untyped-def]
    key = {"pk": {"S": f"order#{order_id}"}}
    found = dynamodb.get_item(TableName=os.environ["ORDERS_TABLE"], Key=key, ConsistentRead=True)
    if "Item" not in found:
        raise NotFoundError
    item = {name: read(value) for name, value in found["Item"].items()}
    metrics.add_metric(name="Read", unit=MetricUnit.Count, value=1)
    logger.info("read")
    return {name: item[name] for name in ("id", "status", "customer_id")}


@logger.inject_lambda_context  # type: ignore[untyped-decorator]
@metrics.log_metrics(capture_cold_start_metric=True)  # type: ignore[untyped-decorator]
def app(event, context):  # type: ignore[no-untyped-def]
    return resolver.resolve(event, context)
