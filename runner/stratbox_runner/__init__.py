"""The Python side of the runner: reads, contains and starts one trading strategy inside a run's Pod."""
