"""Starts the strategy's process: flags to settings, nothing else."""

import argparse

from stratbox_runner.bootstrap import Settings, main

if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="stratbox_runner", description="The strategy's process; the runner starts it."
    )
    parser.add_argument("--dataset", required=True, help="folder of the dataset")
    parser.add_argument(
        "--gate-mode", required=True, choices=("Enforce", "Report"), help="what a finding of the gate does"
    )
    flags = parser.parse_args()
    main(Settings(dataset=flags.dataset, enforce=flags.gate_mode == "Enforce"))
