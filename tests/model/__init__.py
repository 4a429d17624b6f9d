"""A model of the publishing protocol, and a search through all that can happen in it: see `docs/model.md`.

`state` what a world is · `ledger` the transactions · `steps` the workers · `events` network, platform and time ·
`search` every world · `fairness` every endless run · `variants` what is searched · `report` the tables ·
`real` the same steps, taken by the code itself.
"""
