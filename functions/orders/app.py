"""The doors of orders: every route, queue, stream and schedule at a glance."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice, CloudWatchEvent, DynamoDBEvent, Rate, SQSEvent

from chalicelib.orders import commands, model, schemas, store
from chalicelib.orders.events import FACTS
from chalicelib.orders.reactions import REACTIONS, when_time_passes
from chassis import authorizer, settings
from chassis.cursor import Listed
from chassis.doors import Doors, Request
from chassis.inbox import hear
from chassis.parsing import Nothing
from chassis.relay import relay as tell

app = Chalice(app_name="emporium-orders")


@app.authorizer(ttl_seconds=0)
def identify(request: AuthRequest) -> AuthResponse:
    return authorizer.identify(request.token, store.sign_outs.last)


door = Doors(app, identify)


@door(
    "POST",
    "/orders",
    role="customer",
    takes=schemas.PlaceOrder,
    gives=schemas.Order,
    status=202,
    location="/orders/{id}",
)
def place_order(request: Request[schemas.PlaceOrder, Nothing]) -> model.Order:
    return commands.place_order(request.body, request.caller, request.mark)


@door("GET", "/orders", role="customer", query=schemas.ListOrders, gives=schemas.Orders)
def list_orders(request: Request[Nothing, schemas.ListOrders]) -> Listed[model.Order]:
    return commands.list_orders(request.query, request.caller)


@door("GET", "/orders/{order_id}", role="customer", gives=schemas.Order)
def get_order(request: Request[Nothing, Nothing], order_id: str) -> model.Order:
    return commands.get_order(order_id, request.caller)


@door("POST", "/orders/{order_id}/cancel", role="customer", gives=schemas.Order)
def cancel_order(request: Request[Nothing, Nothing], order_id: str) -> model.Order:
    return commands.cancel_order(order_id, request.caller)


@app.on_sqs_message(queue=settings.text("ORDERS_INBOX", "orders-inbox"), batch_size=10)
def inbox(event: SQSEvent) -> Any:
    return hear(event.to_dict(), REACTIONS, event.context)


@app.on_dynamodb_record(
    stream_arn=settings.text("ORDERS_STREAM_ARN", "arn:aws:dynamodb:region:account:table/orders/stream/label"),
    batch_size=100,
)
def relay(event: DynamoDBEvent) -> Any:
    return tell(event.to_dict(), "orders", FACTS)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def tick(event: CloudWatchEvent) -> None:
    when_time_passes()
