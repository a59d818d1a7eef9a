"""mathsoc: challenges, marking and live leaderboards for maths societies."""
