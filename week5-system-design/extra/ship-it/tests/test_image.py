"""The visible checks of what the image and the compose file say. Nothing is built, so no check needs Docker."""

from classroom import task


@task(5)
def test_image_starts_from_a_version_of_python(image):
    """The Dockerfile starts from Docker's python image, with a version such as python:3.13-slim."""
    image.base_is_pinned()


@task(5, weight=2)
def test_packages_are_installed_before_the_code(image):
    """The Dockerfile installs the packages in app/requirements.txt, and copies the code after that."""
    image.installs_packages()
    image.packages_come_first()


@task(5)
def test_code_is_in_the_image(image):
    """app/main.py is in the image, in an app folder inside the folder where the command starts."""
    image.holds_code()


@task(5)
def test_app_is_not_root(image):
    """The app runs under an account that is not root and that exists in the image."""
    image.has_own_user()


@task(5, weight=2)
def test_signals_reach_the_app(image):
    """The command is a list (exec form), so that SIGTERM reaches the app and not a shell."""
    image.command()


@task(5, weight=2)
def test_command_starts_the_app(image):
    """The command starts uvicorn with app.main:app on port 8000, reachable from outside, without --reload; EXPOSE says 8000."""
    image.command().starts_app()
    image.exposes_port()


@task(5)
def test_docker_asks_whether_the_app_is_alive(image):
    """HEALTHCHECK sends GET /health/live to port 8000, using a program that is in the image."""
    image.has_healthcheck()


@task(5)
def test_image_holds_no_secret(image):
    """No instruction writes a password or DATABASE_URL into the image."""
    image.base_is_pinned()
    image.has_no_secret()


@task(5)
def test_build_does_not_see_everything(ignore):
    """.dockerignore keeps out .env, .git, .venv and every __pycache__, and lets the app in."""
    ignore.lets_in("app/main.py", "app/requirements.txt")
    ignore.keeps_out(".env", ".git/config", ".venv/bin/python", "app/__pycache__/main.cpython-313.pyc")


@task(6)
def test_app_is_built_and_published(compose):
    """One service of compose.yaml is built from this folder and publishes port 8000 on a fixed port; the database publishes none."""
    compose.builds_here()
    compose.publishes_app_alone()


@task(6, weight=2)
def test_app_waits_for_its_database(compose):
    """The database uses a versioned postgres image and has a healthcheck; the app starts once it passes."""
    compose.pins_database()
    compose.waits_for_database()


@task(6)
def test_votes_are_kept(compose):
    """The database's data is on a named volume, in the folder where this version of postgres keeps it."""
    compose.keeps_data()


@task(6, weight=2)
def test_password_is_not_in_the_file(compose):
    """Both services get the password from an environment variable; without it, nothing starts."""
    compose.hides_password()


@task(6)
def test_app_finds_its_database(compose, draw):
    """DATABASE_URL points to the database service, with its account, password and database; DRAIN_SECONDS is a number."""
    compose.app_finds_database(draw.word())
    compose.drains_for_a_number()
