"""The visible checks. The machines and members are different in each run: see support/workshop.py."""

from classroom import expect, task, unordered
from support.workshop import ask_about


@task(1)
def test_root_names_the_workshop(client):
    """GET / returns {"workshop": "Old Mill Workshop"}."""
    expect(client.get("/")).ok({"workshop": "Old Mill Workshop"})


@task(2, weight=2)
def test_member_is_returned(client, workshop):
    """GET /me returns the member who wears the badge in the X-Badge header."""
    badge = workshop.any_badge()

    answer = client.get("/me", headers=workshop.wearing(badge))
    ask_about(answer, 401, 200, "does x_badge have Header(), and the endpoint Depends(current_member)?")
    expect(answer).ok(workshop.members[badge])


@task(2, weight=2)
def test_machines_of_the_member_are_listed(client, workshop):
    """GET /me/machines lists the machines that the member is trained for."""
    badge = workshop.any_badge()

    trained = workshop.trained(workshop.members[badge])
    expect(client.get("/me/machines", headers=workshop.wearing(badge))).ok(unordered(trained))


@task(2, weight=2)
def test_no_badge_is_401(client, workshop, draw):
    """GET /me returns 401 if the badge is missing or does not belong to any member."""
    expect(client.get("/me", headers=workshop.wearing(workshop.any_badge()))).ok()

    expect(client.get("/me")).refused(401)
    expect(client.get("/me", headers=workshop.wearing(draw.word()))).refused(401)


@task(3, weight=2)
def test_machine_is_returned(client, workshop, draw):
    """GET /machines/{machine_id} returns that machine, or 404 if no machine has that id."""
    machine = draw.one_of(workshop.machines)

    expect(client.get(f"/machines/{machine['id']}")).ok(machine)
    expect(client.get(f"/machines/{workshop.missing(machine)}")).refused(404)


@task(3, weight=2)
def test_manual_is_for_trained_members(client, workshop, draw):
    """GET /machines/{machine_id}/manual returns 200 for a member trained for the machine, and 403 for others."""
    badge, machine = workshop.pair()
    member = workshop.members[badge]
    expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)

    manual = client.get(f"/machines/{machine['id']}/manual", headers=workshop.wearing(badge))
    ask_about(manual, 403, 200, "`trained` is a list of ids, not of machines.")
    expect(manual).ok({"machine": machine["name"], "reader": member["name"]})
    other = draw.one_of(workshop.others(member))
    expect(client.get(f"/machines/{other['id']}/manual", headers=workshop.wearing(badge))).refused(403)


@task(3, weight=2)
def test_badge_is_checked_before_the_machine(client, workshop, stranger):
    """For a machine that does not exist, the manual returns 404 for a member, and 401 without a badge."""
    badge, machine = workshop.pair()
    expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)
    expect(client.get(f"/machines/{machine['id']}/manual", headers=workshop.wearing(badge))).ok()
    missing = f"/machines/{workshop.missing(machine)}/manual"

    expect(client.get(missing, headers=workshop.wearing(badge))).refused(404)
    expect(client.get(missing)).refused(stranger)


@task(4, weight=2)
def test_lists_are_in_id_order(client, workshop):
    """GET /machines and GET /rooms list all rows in id order, unless the request asks for a different order."""
    machines = client.get("/machines")
    sentence = "GET /machines returned null: a list's own sort() returns None, sorted(...) a list."
    expect.that(machines.text != "null", sentence, machines)
    expect(machines).ok(sorted(workshop.machines, key=lambda row: row["id"]))
    expect(client.get("/rooms")).ok(sorted(workshop.rooms, key=lambda row: row["id"]))


@task(4, weight=2)
def test_lists_are_sorted_by_name(client, workshop):
    """GET /machines?sort=name and GET /rooms?sort=name return all rows, sorted by name."""
    by_name = {"sort": "name"}

    expect(client.get("/machines", params=by_name)).ok(sorted(workshop.machines, key=lambda row: row["name"]))
    expect(client.get("/rooms", params=by_name)).ok(sorted(workshop.rooms, key=lambda row: row["name"]))


@task(4)
def test_lists_are_sorted_downward(client, workshop):
    """With descending=true, both lists begin with the highest id."""
    downward = {"descending": "true"}

    for path, rows in (("/machines", workshop.machines), ("/rooms", workshop.rooms)):
        expect(client.get(path, params=downward)).ok(sorted(rows, key=lambda row: row["id"], reverse=True))


@task(4)
def test_sorting_changes_no_list(client, workshop):
    """GET /me/machines returns the machines in the same order, no matter how somebody else sorts GET /machines."""
    worn = workshop.wearing(workshop.handy_badge())
    before = client.get("/me/machines", headers=worn)

    for downward in ("true", "false"):
        expect(client.get("/machines", params={"sort": "name", "descending": downward})).ok()
        after = client.get("/me/machines", headers=worn)
        same = after.text == before.text  # of task 2's TODO as well
        expect.that(same, "A request for GET /machines has changed the order of GET /me/machines.", after)


@task(4)
def test_other_sorts_are_422(client):
    """Both lists return 422 if sort is anything but id or name."""
    for path in ("/machines", "/rooms"):
        expect(client.get(path, params={"sort": "name"})).ok()
        expect(client.get(path, params={"sort": "color"})).refused(422)


@task(5, weight=2)
def test_machine_runs_with_its_key(client, workshop, comes_back):
    """POST /machines/{machine_id}/run?minutes=5 runs the machine with its key, which is back on the board afterwards."""
    badge, machine = workshop.pair()
    expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)
    expect(client.get(f"/machines/{machine['id']}/manual", headers=workshop.wearing(badge))).ground(task=3)

    ran = client.post(f"/machines/{machine['id']}/run", params={"minutes": 5}, headers=workshop.wearing(badge))

    expect(ran).ok({"machine": machine["name"], "key": f"key-{machine['id']}", "minutes": 5})
    comes_back(machine, "a run")


@task(5, weight=2)
def test_key_comes_back_after_a_jam(fresh, workshop, comes_back):
    """A machine that runs too long jams: the response is 503, and its key is back on the board afterwards."""
    badge, machine = workshop.pair()
    path = f"/machines/{machine['id']}"
    expect(fresh.get("/me", headers=workshop.wearing(badge))).ground(task=2)
    expect(fresh.get(f"{path}/manual", headers=workshop.wearing(badge))).ground(task=3)
    expect(fresh.post(f"{path}/run", params={"minutes": 5}, headers=workshop.wearing(badge))).ok()

    jammed = fresh.post(f"{path}/run", params={"minutes": machine["longest"] + 1}, headers=workshop.wearing(badge))

    expect(jammed).refused(503)
    comes_back(machine, "a jam")


@task(5, weight=2)
def test_run_is_rejected_like_the_manual(client, workshop, draw, stranger):
    """POST /machines/{machine_id}/run rejects what the manual rejects, for the same reasons in the same order."""
    badge, machine = workshop.pair()
    worn, minutes = workshop.wearing(badge), {"minutes": 5}
    expect(client.get("/me", headers=worn)).ground(task=2)
    expect(client.get(f"/machines/{machine['id']}/manual", headers=worn)).ground(task=3)
    expect(client.post(f"/machines/{machine['id']}/run", params=minutes, headers=worn)).ok()
    other = draw.one_of(workshop.others(workshop.members[badge]))
    missing = f"/machines/{workshop.missing(machine)}/run"

    expect(client.post(f"/machines/{other['id']}/run", params=minutes, headers=worn)).refused(403)
    expect(client.post(missing, params=minutes, headers=worn)).refused(404)
    unknown = client.post(missing, params=minutes)
    ask_about(unknown, 404, stranger, "which argument comes first, and what does it depend on?")
    expect(unknown).refused(stranger)


@task(6, weight=2)
def test_office_is_for_the_staff(client, workshop, stranger):
    """GET /office/members returns 200 for the staff, 403 for other members, and 401 without a badge."""
    staff, other = workshop.any_badge(staff=True), workshop.any_badge(staff=False)
    expect(client.get("/me", headers=workshop.wearing(staff))).ground(task=2)
    names = [member["name"] for member in workshop.members.values()]

    expect(client.get("/office/members", headers=workshop.wearing(staff))).ok(names)
    answer = client.get("/office/members", headers=workshop.wearing(other))
    ask_about(answer, 200, 403, "does staff_only raise, and is it among the router's dependencies?")
    expect(answer).refused(403)
    expect(client.get("/office/members")).refused(stranger)


@task(6)
def test_every_endpoint_of_the_office_is_for_the_staff(client, workshop):
    """GET /office/lost-badges returns 200 for the staff, and 403 for other members."""
    staff, other = workshop.any_badge(staff=True), workshop.any_badge(staff=False)
    expect(client.get("/me", headers=workshop.wearing(staff))).ground(task=2)

    expect(client.get("/office/lost-badges", headers=workshop.wearing(staff))).ok(workshop.lost)
    expect(client.get("/office/lost-badges", headers=workshop.wearing(other))).refused(403)


@task(7, weight=2)
def test_lost_badge_is_403_everywhere(client, workshop, draw):
    """A request with a lost badge is rejected with 403 by GET / and GET /keys, which need no badge."""
    lost = draw.one_of(workshop.lost)
    for path in ("/", "/keys"):
        expect(client.get(path, headers=workshop.wearing(workshop.any_badge()))).ok()
        expect(client.get(path, headers=workshop.wearing(lost))).refused(403)


@task(7)
def test_lost_badge_is_403_at_the_members_paths(client, workshop, draw):
    """A request with a lost badge is rejected with 403 by GET /me, by GET /machines, and in the office."""
    expect(client.get("/", headers=workshop.wearing(workshop.any_badge()))).ok()

    for path in ("/me", "/machines", "/office/members"):
        expect(client.get(path, headers=workshop.wearing(draw.one_of(workshop.lost)))).refused(403)


@task(8, weight=2)
def test_everyone_is_the_trainer_in_practice(client, practice, workshop):
    """On a practice evening, GET /me returns the trainer, whether or not the request has a badge."""
    badge = workshop.any_badge()
    expect(client.get("/me", headers=workshop.wearing(badge))).ground(task=2)
    evening = practice()

    answer = evening.get("/me")
    ask_about(answer, 401, 200, "is the key in dependency_overrides the function itself, current_member?")
    expect(answer).ok(workshop.trainer)
    expect(evening.get("/me", headers=workshop.wearing(badge))).ok(workshop.trainer)


@task(8)
def test_nobody_is_the_trainer_otherwise(client, practice, workshop, stranger):
    """GET /me returns the trainer on a practice evening, and 401 without a badge on any other evening."""
    expect(client.get("/me", headers=workshop.wearing(workshop.any_badge()))).ground(task=2)
    expect(practice().get("/me")).ok(workshop.trainer)

    expect(client.get("/me")).refused(stranger)
