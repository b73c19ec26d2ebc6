"""A small shop: it accepts what is valid, and rejects the rest."""

from fastapi import FastAPI

from app import errors
from app.schemas import ProductIn, ProductPatch, UserIn

app = FastAPI(title="A small shop")
errors.install(app)  # (provided) an unfinished task returns 501


# TODO 9: write a 422 that never repeats what was sent.


@app.get("/health")
def health():
    """Say that the app is up. (provided)"""
    return {"status": "ok"}


# TODO 2: store the product (see app/store.py), and return it with 201 and a Location header.
@app.post("/products")
def create_product(product: ProductIn):
    """Create a product."""
    raise NotImplementedError("TODO 2: create the product")


# TODO 4: accept limit and offset, and return that page of the products.
# TODO 5: accept q, min_price, max_price and tag, and filter before you page.
@app.get("/products")
def list_products():
    """List the products."""
    raise NotImplementedError("TODO 4: list the products, page by page")


# TODO 3: return the product with this id, or 404.
@app.get("/products/{product_id}")
def read_product(product_id: int):
    """Return one product."""
    raise NotImplementedError("TODO 3: return the product with this id")


# TODO 6: replace the whole product, or return 404.
@app.put("/products/{product_id}")
def replace_product(product_id: int, product: ProductIn):
    """Replace a product."""
    raise NotImplementedError("TODO 6: replace the product")


# TODO 7: change what was sent and nothing else, or return 404.
@app.patch("/products/{product_id}")
def change_product(product_id: int, changes: ProductPatch):
    """Change part of a product."""
    raise NotImplementedError("TODO 7: change what was sent")


# TODO 8: delete the product and return 204 with no body, or 404.
@app.delete("/products/{product_id}")
def delete_product(product_id: int):
    """Delete a product."""
    raise NotImplementedError("TODO 8: delete the product")


# TODO 9: store the user and return 201 without the password, or 409 if the email is in use.
@app.post("/users")
def create_user(user: UserIn):
    """Create a user."""
    raise NotImplementedError("TODO 9: create the user")


# TODO 9: list the users, without passwords.
@app.get("/users")
def list_users():
    """List the users."""
    raise NotImplementedError("TODO 9: list the users")


# TODO 9: return the user with this id, without the password, or 404.
@app.get("/users/{user_id}")
def read_user(user_id: int):
    """Return one user."""
    raise NotImplementedError("TODO 9: return the user with this id")
