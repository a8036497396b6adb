"""What is said about Django's signals and async, each decided by running it.

A claim names the experiments that decide it, and a pure function from their runs' documents to a verdict. Whoever has
the documents has the verdict: the page after a button was pressed, the command, a test.

`claim` what a claim is · `evidence` a run's document as claims read it · `seed`, `waiting`, `threads`, `transactions`,
`receiving` the claims by subject, each beside the function that decides it · `registry` all of them · `judging` from
runs to a verdict · `documents` what the interface says of one · `stored` the runs that have been stored · `views` ·
`text` for a terminal
"""
