using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>Evaluates a checked model with known sizes, which yields its graph.</summary>
internal static class Elaborator
{
    public static ModelGraph Elaborate(CheckedModel model, IReadOnlyDictionary<string, int> sizes, string? rows, DType precision)
    {
        if (!precision.IsFloat()) throw new ArgumentException($"a model cannot compute in {precision.Name()}", nameof(precision));
        foreach (var dimension in model.Dimensions)
        {
            if (!sizes.ContainsKey(dimension)) throw new ArgumentException($"the dimension '{dimension}' has no size", nameof(sizes));
        }
        var trace = new Trace(sizes, precision);
        EqArray<CheckedArgument> arguments;
        EqArray<Tensor?> nodes;
        try
        {
            (arguments, nodes, _, _) = Syntax.DeepStack.Run(() => model.Evaluation.Run(trace));
        }
        catch (OverflowException fault)
        {
            throw new DiagnosticException(new Diagnostic(CheckerCodes.BadSize, $"a tensor of model '{model.Name}' is too large for these sizes: {fault.Message}", model.Span) { Hint = "a tensor holds at most 2^31 - 1 elements" });
        }
        if (trace.Report.Diagnostics.Count > 0) throw new DiagnosticException(trace.Report.Diagnostics.ToEqArray());
        return new ModelGraph
        {
            Name = model.Name,
            Precision = precision,
            Arguments = Enumerable.Range(0, arguments.Count).Select(i => new ModelArgument(arguments[i].Name, nodes[i]!, IsPerRow(model.Arguments[i].Type, rows), arguments[i].Span)).ToEqArray(),
            Sites = trace.Sites.Select((s, i) => new Site(s.Name, s.Distribution.Instance!, s.Value!, s.Kind, IsPerRow(model.Sites[i].Type, rows), s.Span) { Recurrence = s.Recurrence }).ToEqArray(),
            Parameters = trace.Parameters.Select((p, i) => new LearnedParameter(p.Name, p.Value.Node!, p.Start!, p.Span) { PerRow = IsPerRow(model.Parameters[i].Type, rows) }).ToEqArray(),
            Factors = trace.Factors.Select((f, i) => new Factor(f.Name, f.Value.Node!, IsPerRow(model.Factors[i].Type, rows), f.Span)).ToEqArray(),
            Noises = trace.Noises.Select((n, i) => new NoiseSource(n.Name, n.Distribution.Instance!, n.Value!, IsPerRow(model.Noises[i].Type, rows), n.Span)).ToEqArray(),
            Deterministics = trace.Reported.Select((r, i) => new Deterministic(r.Name, r.Value.Node!, IsPerRow(model.Deterministics[i].Type, rows))).ToEqArray(),
            Rows = rows is null ? null : new RowDimension(rows, sizes[rows]),
            Dimensions = model.Dimensions.Map(d => new DimensionSize(d, sizes[d])),
        };
    }

    // Which axes count rows is a matter of names, which only the symbolic types have: the two evaluations meet the same sites in the same order.
    private static bool IsPerRow(SymbolicType type, string? rows) => rows is not null && type.Axes is [var first, ..] && first.Size.Variable == rows;
}
