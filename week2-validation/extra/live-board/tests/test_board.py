"""The visible checks. The limits are different in each run: see support/kitchen.py."""

from classroom import expect, ground, task, wait_until
from classroom.core.load import under_load


@task(1)
def test_root_names_the_board(client):
    """GET / returns {"board": "Kitchen board"}."""
    expect(client.get("/")).ok({"board": "Kitchen board"})


@task(2, weight=2)
def test_events_are_the_notes(kitchen, live):
    """GET /events streams an event for each note: first those on the board, then each new one as soon as it is written."""
    first = kitchen.post()

    events = live.events("/events")

    kitchen.wait(events, first)
    kitchen.wait(events, kitchen.post())
    kitchen.wait(events, kitchen.post())


@task(2)
def test_event_has_the_id_of_its_note(kitchen, live):
    """The id of each event is the id of its note."""
    note = kitchen.post()
    events = live.events("/events")

    kitchen.wait(events, note)

    found, expected = events.last_id, str(note["id"])
    expect.that(found == expected, f"The id of the event is {found!r}, expected {expected!r}.", events.exchange.answer)


@task(2, weight=2)
def test_reader_continues_where_it_was(kitchen, live):
    """With a Last-Event-ID header, the stream begins with the note after the one with this id."""
    old, missed, last = kitchen.post(), kitchen.post(), kitchen.post()

    events = live.events("/events", headers={"Last-Event-ID": str(old["id"])})

    kitchen.wait(events, last)
    expect.that(
        [note.get("id") for note in events.received if isinstance(note, dict)] == [missed["id"], last["id"]],
        f"After Last-Event-ID: {old['id']}, the events are {events.received}, expected notes {missed['id']} and {last['id']}.",
        events.exchange.answer,
    )


@task(3, weight=2)
def test_hello_has_the_notes(kitchen):
    """The first message over /live?name=Ada is {"type": "hello", "notes": [...]} with all the notes on the board."""
    kitchen.post()

    guest = kitchen.open()

    message = guest.socket.receive(seconds=kitchen.soon)
    answer = guest.socket.exchange.answer
    expect.that(isinstance(message, dict), f"The first message is {message!r}, expected an object.", answer)
    expect.that(message.get("type") == "hello", f"The type of the first message is {message.get('type')!r}.", answer)
    expect.that(message.get("notes") == kitchen.notes(), "The notes are not those of GET /notes.", answer)


@task(3)
def test_connection_stays_open(kitchen, client):
    """After the hello, the connection stays open until the client leaves."""
    guest = kitchen.open()
    guest.greeted()

    expect(client.get("/")).ok()

    guest.socket.ping(seconds=kitchen.soon)


@task(3)
def test_name_has_a_length(kitchen, live):
    """A name of 1 or 20 characters is accepted; without a name, or with one of 21, no connection is opened."""
    for name in ("A", "a" * 20):
        kitchen.open(name).greeted()

    for path in ("/live", "/live?name=", f"/live?name={'a' * 21}"):
        answer = live.rejection(path)
        expect.that(answer is not None, f"A WebSocket was opened for {path}.")
        expect(answer).refused(403, 400, 422)


@task(4, weight=2)
def test_note_reaches_everyone(kitchen):
    """A message {"text": "..."} becomes a note, which every client receives with its type, id, name and text."""
    ada, ben, cleo = kitchen.join(), kitchen.join(), kitchen.join()

    for writer in (ada, cleo):
        text = writer.write()
        seen = [reader.sees(text, id=int, by=writer.name) for reader in (ada, ben, cleo)]
        found = [note for note in kitchen.notes() if note["text"] == text]
        expect.that(len(found) == 1, f"The note is {len(found)} times in GET /notes, expected once.")
        expect.that(
            all(message["id"] == found[0]["id"] for message in seen),
            f"The messages have the ids {[message['id'] for message in seen]}, GET /notes has {found[0]['id']}.",
            ada.socket.exchange.answer,
        )


@task(4)
def test_posted_note_reaches_everyone(kitchen):
    """A note sent to POST /notes reaches every client as well."""
    ada, ben = kitchen.join(), kitchen.join()

    note = kitchen.post()

    for guest in (ada, ben):
        guest.sees(note["text"], id=note["id"], by=note["by"])


@task(4)
def test_nothing_is_missed_while_joining(kitchen):
    """A note written while somebody joins is either in their hello or follows it, but not both."""
    ada, name = kitchen.join(), kitchen.name()
    path = name.replace(" ", "%20")
    expect(kitchen.client.put(f"/lines/{path}/held")).ok()
    try:
        ben = kitchen.open(name)
        waits = wait_until(lambda: kitchen.waiting(name) > 0, seconds=under_load(kitchen.soon))
        ground(waits, task=3)
        text = ada.write()
        wait_until(lambda: any(note["text"] == text for note in kitchen.notes()), seconds=under_load(kitchen.soon))
    finally:
        kitchen.client.put(f"/lines/{path}/free")

    ben.greeted()
    ben.sees(ada.write())
    expect.that(
        ben.times(text) == 1,
        f"{text!r}, written while {name} joined, arrived {ben.times(text)} times, expected once.",
        ben.socket.exchange.answer,
    )


@task(5, weight=2)
def test_people_are_announced(kitchen):
    """When somebody joins, everyone receives {"type": "people", "names": [...]} with all names, in the order people joined."""
    ada, *_ = kitchen.joined(1)
    ada.sees_people(ada)

    ben = kitchen.join()
    for guest in (ada, ben):
        guest.sees_people(ada, ben)
    cleo = kitchen.join()
    for guest in (ada, ben, cleo):
        guest.sees_people(ada, ben, cleo)


@task(5, weight=2)
def test_people_who_leave_are_announced(kitchen):
    """When somebody leaves, with or without a goodbye, everyone else receives the names of those who are still there."""
    ada, ben, cleo = kitchen.joined(3)
    ada.sees_people(ada, ben, cleo)

    ben.socket.close()
    for guest in (ada, cleo):
        guest.sees_people(ada, cleo)
    cleo.socket.vanish()
    ada.sees_people(ada)


@task(5)
def test_those_who_stay_receive_notes(kitchen):
    """After somebody has left, notes still reach everyone else."""
    ada, ben, cleo = kitchen.joined(3)
    ada.sees_people(ada, ben, cleo)
    ada.socket.vanish()
    for guest in (ben, cleo):
        guest.sees_people(ben, cleo)

    cleo.sees(ben.write())
    ben.sees(cleo.write())


@task(5)
def test_two_clients_with_one_name(kitchen):
    """Two clients can have the same name: it is listed twice, and if one of them leaves, the other is still there."""
    ada, *_ = kitchen.joined(1)
    first, second = (ben := kitchen.join()), kitchen.join(ben.name)
    ada.sees_people(ada, first, second)

    first.socket.close()

    ada.sees_people(ada, second)
    second.sees(ada.write())


@task(6, weight=2)
def test_bad_message_gets_an_error(kitchen):
    """The response to a message that is not JSON, or has no text, is {"type": "error", "detail": "..."}, and the connection stays open."""
    ada, ben = kitchen.joined(2)

    for bad in ("Milk, please", {"txt": "Milk"}, {"text": ""}):
        ada.socket.send(bad)
        ada.gets_error()

    ben.sees(ada.write())


@task(6)
def test_text_has_a_length(kitchen):
    """A text of LONGEST characters becomes a note; with one more character, the sender receives an error."""
    ada, ben = kitchen.joined(2)
    text = kitchen.text().ljust(kitchen.longest, "!")
    ben.sees(ada.write(text))

    ada.write(text + "!")

    ada.gets_error()


@task(6)
def test_error_is_for_its_sender_only(kitchen):
    """Nobody but the sender receives the error."""
    ada, ben = kitchen.joined(2)

    ada.socket.send({"note": kitchen.text()})
    ada.gets_error()
    ben.sees(ada.write())

    expect.that(not ben.all("error"), "Another client received the error as well.", ben.socket.exchange.answer)


@task(7, weight=2)
def test_nobody_waits_for_a_slow_client(kitchen):
    """While one client is slow, the others get every note right away, and the slow one gets them as soon as it can."""
    ada, ben, cleo = kitchen.joined(3)
    texts = []
    kitchen.hold(ben)
    try:
        for writer, reader in ((ada, cleo), (cleo, ada), (ada, cleo)):
            texts.append(writer.write())
            reader.sees(texts[-1])
    finally:
        kitchen.free(ben)

    for text in texts:
        ben.sees(text)


@task(7, weight=2)
def test_client_that_is_too_slow_is_disconnected(kitchen):
    """A client with more than LIMIT messages waiting is disconnected with code 1013; the others still receive notes."""
    ada, ben, cleo = kitchen.joined(3)
    kitchen.hold(ben)
    try:
        for _ in range(kitchen.limit + 3):
            cleo.sees(ada.write())
    finally:
        kitchen.free(ben)

    code = ben.socket.close_code(seconds=kitchen.soon)
    expect.that(code == 1013, f"The connection was closed with code {code}, expected 1013.", ben.socket.exchange.answer)
    cleo.sees(ada.write())
    ada.sees(cleo.write())
