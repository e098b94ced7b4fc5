# rule: import-not-allowed
import stratbox_runner.gate
position = stratbox_runner
