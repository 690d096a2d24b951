"""Has the suite teeth? Plants faults in recorded answers and in the reference, and says who notices."""
