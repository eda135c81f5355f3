using ProbNet.Graph;

namespace ProbNet.Language.Syntax;

/// <summary>What a source says.</summary>
/// <param name="Program">The declarations that could be read.</param>
/// <param name="Diagnostics">What is wrong with the others, in source order; empty if nothing is.</param>
/// <param name="BrokenNames">The names that the unreadable declarations seem to define, so that a later stage need not call them unknown.</param>
public sealed record ParseResult(Program Program, EqArray<Diagnostic> Diagnostics, EqArray<string> BrokenNames);
