"""Workers on other machines: they grade pushes that the classroom's own machine has no free slot for."""
