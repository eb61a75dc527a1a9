"""What every client of ours keeps to, whoever it talks to: where a token may go, bounds, pauses, repetition."""
