from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello():
    """Answer a greeting."""
    return {"message": "hello"}
