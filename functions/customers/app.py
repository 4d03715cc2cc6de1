"""The doors of customers: every route and stream at a glance."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice, DynamoDBEvent

from chalicelib.customers import commands, model, schemas, store
from chalicelib.customers.events import FACTS
from chassis import authorizer, settings
from chassis.doors import Doors, Request
from chassis.parsing import Nothing
from chassis.relay import relay as tell
from chassis.user_pool import Tokens

app = Chalice(app_name="emporium-customers")


@app.authorizer(ttl_seconds=0)
def identify(request: AuthRequest) -> AuthResponse:
    return authorizer.identify(request.token, store.signed_out)


door = Doors(app, identify)


@door("POST", "/customers", role="public", takes=schemas.SignUp, gives=schemas.SignedUp, status=202)
def sign_up(request: Request[schemas.SignUp, Nothing]) -> schemas.SignedUp:
    return commands.sign_up(request.body)


@door(
    "PUT",
    "/customers/{customer_id}",
    role="customer",
    takes=schemas.RegisterCustomer,
    gives=schemas.Customer,
    conditional=False,
)
def register_customer(request: Request[schemas.RegisterCustomer, Nothing], customer_id: str) -> model.Customer:
    return commands.register_customer(customer_id, request.body, request.caller)


@door("GET", "/customers/{customer_id}", role="customer", gives=schemas.Customer)
def get_customer(request: Request[Nothing, Nothing], customer_id: str) -> model.Customer:
    return commands.get_customer(customer_id, request.caller)


@door("PATCH", "/customers/{customer_id}", role="customer", takes=schemas.ReviseCustomer, gives=schemas.Customer)
def revise_customer(request: Request[schemas.ReviseCustomer, Nothing], customer_id: str) -> model.Customer:
    return commands.revise_customer(customer_id, request.body, request.match, request.caller)


@door("DELETE", "/customers/{customer_id}", role="customer", status=204)
def deactivate_customer(request: Request[Nothing, Nothing], customer_id: str) -> model.Customer:
    return commands.deactivate_customer(customer_id, request.match, request.caller)


@door("DELETE", "/customers/{customer_id}/personal-data", role="customer", status=204)
def erase_customer(request: Request[Nothing, Nothing], customer_id: str) -> None:
    return commands.erase_customer(customer_id, request.match, request.caller)


@door("POST", "/sessions", role="public", takes=schemas.SignIn, gives=schemas.Session)
def sign_in(request: Request[schemas.SignIn, Nothing]) -> Tokens:
    return commands.sign_in(request.body)


@door("POST", "/sessions/refresh", role="public", takes=schemas.Refresh, gives=schemas.Session)
def refresh(request: Request[schemas.Refresh, Nothing]) -> Tokens:
    return commands.refresh(request.body)


@door("DELETE", "/sessions", role="customer", status=204, conditional=False)
def sign_out(request: Request[Nothing, Nothing]) -> None:
    return commands.sign_out(request.caller, request.token)


@app.on_dynamodb_record(
    stream_arn=settings.text("CUSTOMERS_STREAM_ARN", "arn:aws:dynamodb:region:account:table/customers/stream/label"),
    batch_size=100,
)
def relay(event: DynamoDBEvent) -> Any:
    return tell(event.to_dict(), "customers", FACTS)
