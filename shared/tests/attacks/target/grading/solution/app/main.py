from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def hello():
    return {"message": "hello"}


@app.get("/double/{number}")
def double(number: int):
    return {"double": number * 2}


@app.get("/backwards/{word}")
def backwards(word: str):
    return {"backwards": word[::-1]}
