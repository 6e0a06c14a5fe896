"""What was decided: plans, their audit, their key figures, their files."""
