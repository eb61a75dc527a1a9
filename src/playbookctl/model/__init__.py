"""The values that flow through the stages. Imports nothing of ours but itself."""
