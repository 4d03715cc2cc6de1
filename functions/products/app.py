"""The doors of products: every route, queue and stream at a glance."""

from typing import Any

from chalice.app import AuthRequest, AuthResponse, Chalice, DynamoDBEvent, SQSEvent

from chalicelib.products import commands, model, schemas, store
from chalicelib.products.events import FACTS
from chalicelib.products.reactions import REACTIONS
from chassis import authorizer, settings
from chassis.cursor import Listed
from chassis.doors import Doors, Request
from chassis.inbox import hear
from chassis.parsing import Nothing
from chassis.relay import relay as tell

app = Chalice(app_name="emporium-products")


@app.authorizer(ttl_seconds=0)
def identify(request: AuthRequest) -> AuthResponse:
    return authorizer.identify(request.token, store.sign_outs.last)


door = Doors(app, identify)


@door(
    "POST",
    "/products",
    role="staff",
    takes=schemas.AddProduct,
    gives=schemas.Product,
    status=201,
    location="/catalogue/{id}",
)
def add_product(request: Request[schemas.AddProduct, Nothing]) -> model.Product:
    return commands.add_product(request.body, request.mark)


@door("GET", "/products", role="public", query=schemas.ListProducts, gives=schemas.Products)
def list_products(request: Request[Nothing, schemas.ListProducts]) -> Listed[model.Product]:
    return commands.list_products(request.query, "active")


@door("GET", "/products/{sku}", role="public", gives=schemas.Product)
def get_product(request: Request[Nothing, Nothing], sku: str) -> model.Product:
    return commands.get_product(sku)


@door("PATCH", "/products/{sku}", role="staff", takes=schemas.ReviseProduct, gives=schemas.Product)
def revise_product(request: Request[schemas.ReviseProduct, Nothing], sku: str) -> model.Product:
    return commands.revise_product(sku, request.body, request.match)


@door("DELETE", "/products/{sku}", role="staff", status=204)
def archive_product(request: Request[Nothing, Nothing], sku: str) -> model.Product:
    return commands.archive_product(sku, request.match)


@door("GET", "/catalogue", role="staff", query=schemas.ListCatalogue, gives=schemas.Products)
def list_catalogue(request: Request[Nothing, schemas.ListCatalogue]) -> Listed[model.Product]:
    return commands.list_products(request.query, request.query.status)


@door("GET", "/catalogue/{sku}", role="staff", gives=schemas.Product)
def get_from_catalogue(request: Request[Nothing, Nothing], sku: str) -> model.Product:
    return commands.get_from_catalogue(sku)


@door("GET", "/products/{sku}/stock", role="public", gives=schemas.Stock)
def get_stock(request: Request[Nothing, Nothing], sku: str) -> model.Stock:
    return commands.get_stock(sku)


@door(
    "POST",
    "/products/{sku}/stock-adjustments",
    role="staff",
    takes=schemas.AdjustStock,
    gives=schemas.Adjustment,
    status=201,
)
def adjust_stock(request: Request[schemas.AdjustStock, Nothing], sku: str) -> model.Adjustment:
    return commands.adjust_stock(sku, request.body, request.mark)


@app.on_sqs_message(queue=settings.text("PRODUCTS_INBOX", "products-inbox"), batch_size=10)
def inbox(event: SQSEvent) -> Any:
    return hear(event.to_dict(), REACTIONS, event.context)


@app.on_dynamodb_record(
    stream_arn=settings.text("PRODUCTS_STREAM_ARN", "arn:aws:dynamodb:region:account:table/products/stream/label"),
    batch_size=100,
)
def relay(event: DynamoDBEvent) -> Any:
    return tell(event.to_dict(), "products", FACTS)
