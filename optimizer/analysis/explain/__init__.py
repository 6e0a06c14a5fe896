"""Why a plan is as it is, and what each of its promises costs."""
