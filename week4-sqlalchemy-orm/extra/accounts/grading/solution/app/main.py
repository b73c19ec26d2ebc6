"""A box of recipes that everyone may read, and members write.

Start it in this folder with: python -m classroom run
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordRequestForm

from app import errors, settings, store
from app.schemas import NewRecipe, NewRole, NewUser, Recipe, User
from app.security import current_user, editor, make_token, my_recipe, removable_recipe

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


@app.post("/users", status_code=201, response_model=User)
def sign_up(new: NewUser):
    """Create an account."""
    try:
        return store.add_user(new.name, settings.PASSWORDS.hash(new.password))
    except store.NameTaken:
        raise HTTPException(409, "This name is taken") from None


@app.post("/token")
def sign_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    """Return a token to a user who knows the password."""
    user = store.find_user(form.username)
    if user is None or not settings.PASSWORDS.verify(form.password, user["password_hash"]):
        raise HTTPException(401, "Wrong name or password", headers={"WWW-Authenticate": "Bearer"})
    return {"access_token": make_token(user["name"]), "token_type": "bearer"}


@app.get("/users/me", response_model=User)
def read_me(user: Annotated[dict, Depends(current_user)]):
    """Return the user who is asking."""
    return user


@app.post("/recipes", status_code=201, response_model=Recipe)
def create_recipe(new: NewRecipe, user: Annotated[dict, Depends(current_user)]):
    """Store a recipe of the user who is asking."""
    return store.add_recipe(new.title, new.text, owner=user["name"])


@app.put("/recipes/{recipe_id}", response_model=Recipe)
def change_recipe(new: NewRecipe, recipe: Annotated[dict, Depends(my_recipe)]):
    """Change a recipe that belongs to the user who is asking."""
    return store.change_recipe(recipe["id"], new.title, new.text)


@app.delete("/recipes/{recipe_id}", status_code=204)
def delete_recipe(recipe: Annotated[dict, Depends(removable_recipe)]):
    """Delete a recipe."""
    store.delete_recipe(recipe["id"])


@app.get("/users", response_model=list[User], dependencies=[Depends(editor)])
def list_users():
    """List all users, for editors."""
    return store.all_users()


@app.put("/users/{name}/role", response_model=User, dependencies=[Depends(editor)])
def change_role(name: str, new: NewRole):
    """Give a user another role, for editors."""
    user = store.set_role(name, new.role)
    if user is None:
        raise HTTPException(404, "User not found")
    return user
