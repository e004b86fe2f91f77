"""Consent tools side by side in Chromium: what a first view of the same page weighs and costs with each."""
