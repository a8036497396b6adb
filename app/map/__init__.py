"""The map: where Django runs a signal handler, from everywhere that code can call, measured here and now.

Every caller × way × kind of receivers × transaction off and on is one *cell*. Each is a real run through the real entry
point, on a server that is started for the map and stopped after it. How to drive it, from a command or a view:

    measuring = Measuring(SERVERS["daphne"])       # or Measuring(kind, read_only(["caller=sync-view,way=save"]))
    async for step in measuring.steps():           # as the cells are measured, several at once, in no fixed order
        step.cell                                  # a CellDocument; msgspec.to_builtins() makes it JSON's
        step.done, step.total, step.remaining_s    # remaining_s is None until there is something to go by
    measuring.document                             # the MapDocument, with its cells in the grid's order

Whoever leaves the loop early calls ``aclose()`` on the generator (``contextlib.aclosing``), or cancels the task that is
in it: the server and all else is ended then, and what was measured is thrown away. ``ServerFailed`` says why it could
not be measured. `app.map.keeping.newest_map()` gives the last one that was measured to its end, and
`app.map.glance.glance(cell)` says in a few words what a cell's document says in many.

A map's runs are stored, so that a cell opens the run that it was measured from; they are in no list of runs, and go
when a newer map is there. What a restricted measurement has measured goes into the newest map, if that was measured in
the same environment.

`grid` the cells and what restricts them · `measuring` runs them · `reading` from a run to a cell · `keeping` what is
stored, `merging` a part into it · `glance` a cell in short · `comparing` two maps · `words`, `table`, `text`, `files`
for people · `under_way`, `consumer`, `frames` measuring for pages · `views`, `showing`, `library` what they read
"""
