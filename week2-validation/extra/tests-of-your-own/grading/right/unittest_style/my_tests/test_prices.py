import json
import os
import unittest
import urllib.error
import urllib.request

CASES = [(1, 450), (1000, 450), (1001, 700), (5000, 700), (5001, 1200), (20000, 1200)]


def ask(query):
    try:
        with urllib.request.urlopen(f"{os.environ['APP_URL']}/price?{query}") as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, None


class PriceTest(unittest.TestCase):
    def test_prices(self):
        for grams, cents in CASES:
            with self.subTest(grams=grams):
                self.assertEqual(ask(f"grams={grams}")[1]["cents"], cents)
                self.assertEqual(ask(f"grams={grams}&express=1")[1]["cents"], cents + 300)

    def test_limits(self):
        self.assertEqual(ask("grams=0")[0], 422)
        self.assertEqual(ask("grams=20001")[0], 422)
