"""A box of recipes that everyone may read, and members write.

Start it in this folder with: python -m classroom run
"""

from fastapi import FastAPI, HTTPException

from app import errors, store
from app.schemas import NewRecipe, NewRole, NewUser, Recipe

app = FastAPI(title="Recipe Box")
errors.install(app)


# Task 1 is already done.
@app.get("/")
def read_root():
    return {"box": "Recipe Box"}


@app.get("/recipes", response_model=list[Recipe])
def list_recipes():
    """List all recipes. (provided)"""
    return store.all_recipes()


@app.get("/recipes/{recipe_id}", response_model=Recipe)
def read_recipe(recipe_id: int):
    """Return one recipe. (provided)"""
    recipe = store.find_recipe(recipe_id)
    if recipe is None:
        raise HTTPException(404, "Recipe not found")
    return recipe


@app.post("/users")
def sign_up(new: NewUser):
    """Create an account."""
    # TODO 2: store the user with a hash of the password, and return the user, but nothing secret (201, or 409).
    raise NotImplementedError("TODO 2: create an account")


@app.post("/token")
def sign_in():
    """Return a token to a user who knows the password."""
    # TODO 3: read the form, verify the password, and return a token, or 401.
    raise NotImplementedError("TODO 3: return a token")


@app.get("/users/me")
def read_me():
    """Return the user who is asking."""
    # TODO 4: return the user, but nothing secret.
    raise NotImplementedError("TODO 4: return the user who is asking")


@app.post("/recipes")
def create_recipe(new: NewRecipe):
    """Store a recipe of the user who is asking."""
    # TODO 5: store the recipe with its owner, and return it (201).
    raise NotImplementedError("TODO 5: store a recipe")


@app.put("/recipes/{recipe_id}")
def change_recipe(new: NewRecipe):
    """Change a recipe that belongs to the user who is asking."""
    # TODO 5: change the recipe and return it, if it belongs to the user.
    raise NotImplementedError("TODO 5: change a recipe")


@app.delete("/recipes/{recipe_id}")
def delete_recipe():
    """Delete a recipe."""
    # TODO 6: delete the recipe, if the user may do so. The response has no body (204).
    raise NotImplementedError("TODO 6: delete a recipe")


@app.get("/users")
def list_users():
    """List all users, for editors."""
    # TODO 6: return all users, but nothing secret.
    raise NotImplementedError("TODO 6: list the users")


@app.put("/users/{name}/role")
def change_role(name: str, new: NewRole):
    """Give a user another role, for editors."""
    # TODO 6: change the role and return the user, or 404.
    raise NotImplementedError("TODO 6: change a role")
