"""Reviews of awards in force: life checks, reviews by class, samples. Rules are `policies/<programme>/reviews.yaml`.

`rounds` opens a round and lists whom it concerns; `clearing` settles what needs no asking; `results` enters what was
found, line by line or in bulk; `unverified` warns and suspends; `samples` draws at random and follows what was found;
`queries` reads; `papers` prints.
"""
