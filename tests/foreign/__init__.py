"""Other people's tests, run bare and under the probe: it may change the result of none of them."""
