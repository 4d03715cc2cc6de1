"""The doors of customers: every route and stream at a glance."""

from typing import Any

from chalice.app import Chalice, DynamoDBEvent

from chalicelib.customers import commands, model, schemas
from chalicelib.customers.events import FACTS
from chassis.doors import Doors, Request
from chassis.parsing import Nothing
from chassis.relay import relay as tell

app = Chalice(app_name="emporium-customers")
door = Doors(app)


@door(
    "POST",
    "/customers",
    role="public",
    takes=schemas.RegisterCustomer,
    gives=schemas.Customer,
    status=201,
    location="/customers/{id}",
)
def register_customer(request: Request[schemas.RegisterCustomer, Nothing]) -> model.Customer:
    return commands.register_customer(request.body, request.mark)


@door("GET", "/customers/{customer_id}", role="customer", gives=schemas.Customer)
def get_customer(request: Request[Nothing, Nothing], customer_id: str) -> model.Customer:
    return commands.get_customer(customer_id)


@door("PATCH", "/customers/{customer_id}", role="customer", takes=schemas.ReviseCustomer, gives=schemas.Customer)
def revise_customer(request: Request[schemas.ReviseCustomer, Nothing], customer_id: str) -> model.Customer:
    return commands.revise_customer(customer_id, request.body, request.match)


@door("DELETE", "/customers/{customer_id}", role="customer", status=204)
def deactivate_customer(request: Request[Nothing, Nothing], customer_id: str) -> model.Customer:
    return commands.deactivate_customer(customer_id, request.match)


@app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:region:account:table/customers/stream/label", batch_size=100)
def relay(event: DynamoDBEvent) -> Any:
    return tell(event.to_dict(), "customers", FACTS)
