from dataclasses import asdict, dataclass, field, replace


class NotFound(Exception):
    pass


class Clash(Exception):
    pass


@dataclass(frozen=True)
class Product:
    id: int
    name: str
    price: float
    tags: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True)
class User:
    id: int
    name: str
    email: str
    age: int
    secret: str = field(repr=False, compare=False)

    def public(self):
        whole = asdict(self)
        whole.pop("secret")
        return whole


class Shop:
    def __init__(self):
        self.products = []
        self.users = []
        self.counter = 100

    def new_id(self):
        self.counter += 3
        return self.counter

    def add(self, **values):
        product = Product(id=self.new_id(), **values)
        self.products.append(product)
        return product

    def place(self, product_id):
        for place, product in enumerate(self.products):
            if product.id == product_id:
                return place
        raise NotFound("Product not found")

    def get(self, product_id):
        return self.products[self.place(product_id)]

    def put(self, product_id, **values):
        self.products[self.place(product_id)] = Product(id=product_id, **values)
        return self.get(product_id)

    def change(self, product_id, **values):
        place = self.place(product_id)
        self.products[place] = replace(self.products[place], **values)
        return self.products[place]

    def drop(self, product_id):
        del self.products[self.place(product_id)]

    def register(self, name, email, age, password):
        for user in self.users:
            if user.email.lower() == email.lower():
                raise Clash("Somebody has this email")
        user = User(self.new_id(), name, email, age, secret=str(hash(password)))
        self.users.append(user)
        return user

    def user(self, user_id):
        for user in self.users:
            if user.id == user_id:
                return user
        raise NotFound("User not found")
