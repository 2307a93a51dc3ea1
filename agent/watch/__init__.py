"""The watch: reads at intervals, keeps points, fires alerts, carries orders as far as a draft, and tells. It signs nothing."""
