using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Syntax;
using ProbNet.Language.Types;

namespace ProbNet.Language.Elaboration;

/// <summary>What one input of an interactive dialogue means.</summary>
public abstract record InteractiveResult
{
    private InteractiveResult() { }

    /// <summary>Definitions that later inputs can use.</summary>
    /// <param name="Declarations">The definitions.</param>
    /// <param name="Types">Each name and what it stands for.</param>
    public sealed record Defined(EqArray<Declaration> Declarations, EqArray<(string Name, string Type)> Types) : InteractiveResult;

    /// <summary>An expression that is no tensor and nothing random: a size, a string, a function.</summary>
    /// <param name="Type">What it is, as a person writes it.</param>
    /// <param name="Value">Its value as the language writes it, or null where there is no way to write it.</param>
    public sealed record Described(string Type, string? Value) : InteractiveResult;

    /// <summary>An expression with numbers: computed ones, or random ones to draw.</summary>
    /// <param name="Type">Its type, or what it is.</param>
    /// <param name="Graph">
    /// A model whose sites are the draws and whose deterministic values are the parts of the result: <c>it</c>, or <c>it.0</c>, <c>it.1</c>, … of a tuple.
    /// </param>
    public sealed record Numbers(string Type, ModelGraph Graph) : InteractiveResult
    {
        /// <summary>Whether there is anything to draw.</summary>
        public bool IsRandom => !Graph.Sites.IsEmpty || !Graph.Noises.IsEmpty;
    }
}

/// <summary>Evaluates definitions and expressions one after the other, for dialogues. Pure: earlier definitions are an argument.</summary>
public static class Interactive
{
    /// <summary>The name of the last result.</summary>
    public const string It = "it";

    /// <summary>The meaning of an input, or what is wrong with it.</summary>
    /// <param name="earlier">The definitions so far, oldest first.</param>
    /// <param name="input">Declarations (<c>let</c>), or one expression.</param>
    /// <param name="precision">The floating-point type of numbers.</param>
    public static (InteractiveResult? Result, EqArray<Diagnostic> Diagnostics) Evaluate(EqArray<Declaration> earlier, SourceText input, DType precision)
    {
        var parsed = Parser.Parse(input);
        if (parsed.Diagnostics.IsEmpty && parsed.Program.Declarations is [_, ..] declarations) return Define(earlier, declarations);
        const string lead = "let " + It + " = ";
        // An expression is a definition without a name; the positions of its faults are moved back.
        var text = new SourceText(input.Name, lead + input.Text.Replace("\n", "\n" + new string(' ', lead.Length)));
        var expression = Parser.Parse(text);
        if (!expression.Diagnostics.IsEmpty || expression.Program.Declarations is not [Declaration.Let { Binding: { Pattern: Pattern.Variable { Name: It }, Body: var body } }])
        {
            var faults = input.Text.TrimStart().StartsWith("let", StringComparison.Ordinal) && !parsed.Diagnostics.IsEmpty ? parsed.Diagnostics : expression.Diagnostics.Map(d => Moved(d, input, text, lead.Length));
            return (null, faults);
        }
        var trace = new Trace(new Dictionary<string, int>(), precision);
        try
        {
            var evaluator = new Evaluator(trace);
            var scope = Modules.Define(evaluator, earlier);
            var value = evaluator.Evaluate(body, scope);
            var what = value.Describe();
            var result = value is Value.Random or Value.Distribution ? ProbBlock.Draw(evaluator, value, value is Value.Random ? "" : It, body.Span) : value is Value.Reported reported ? reported.Inner : value;
            if (trace.Report.Diagnostics.Count > 0) return (null, trace.Report.Diagnostics.Select(d => Moved(d, input, text, lead.Length)).ToEqArray());
            var holes = trace.Sites.Select(s => s.Value).ToHashSet();
            // A result that is one of the draws is known by the draw's name.
            var parts = Parts(result, It).Where(p => !holes.Contains(p.Value)).ToEqArray();
            if (parts.IsEmpty && trace.Sites.Count + trace.Noises.Count == 0) return (Written(value) is { } written ? new InteractiveResult.Described(written.Type, written.Text) : new InteractiveResult.Described(what, null), []);
            return (new InteractiveResult.Numbers(value is Value.Random ? $"prob of {result.Describe()}" : what, new ModelGraph
            {
                Name = It,
                Precision = precision,
                Arguments = [],
                Sites = trace.Sites.Select(s => new Site(s.Name, s.Distribution.Instance!, s.Value!, s.Kind, false, s.Span) { Recurrence = s.Recurrence }).ToEqArray(),
                Deterministics = [.. trace.Reported.Select(r => new Deterministic(r.Name, r.Value.Node!, false)), .. parts.Select(p => new Deterministic(p.Name, p.Value, false))],
                Parameters = trace.Parameters.Select(p => new LearnedParameter(p.Name, p.Value.Node!, p.Start!, p.Span)).ToEqArray(),
                Noises = trace.Noises.Select(n => new NoiseSource(n.Name, n.Distribution.Instance!, n.Value!, false, n.Span)).ToEqArray(),
                Dimensions = [],
            }), []);
        }
        catch (OverflowException fault)
        {
            return (null, [new Diagnostic(CheckerCodes.BadSize, $"a tensor is too large: {fault.Message}", new(input, 0, input.Text.Length)) { Hint = "a tensor holds at most 2^31 - 1 elements" }]);
        }
    }

    private static (InteractiveResult?, EqArray<Diagnostic>) Define(EqArray<Declaration> earlier, EqArray<Declaration> declarations)
    {
        var trace = new Trace(new Dictionary<string, int>(), DType.F64);
        var evaluator = new Evaluator(trace);
        var all = earlier.AddRange(declarations.Where(d => d is Declaration.Let));
        Modules.CheckDefinitions(evaluator, all);
        var checkedScope = Modules.Define(evaluator, all);
        if (trace.Report.Diagnostics.Count > 0) return (null, trace.Report.Diagnostics.ToEqArray());
        var names = declarations.OfType<Declaration.Let>().SelectMany(l => l.Binding.Pattern.Names());
        return (new InteractiveResult.Defined(declarations.Where(d => d is Declaration.Let).ToEqArray(), names.Select(n => (n, checkedScope.Names.TryGetValue(n, out var v) ? v.Describe() : "")).ToEqArray()), []);
    }

    // The tensors that a result is made of.
    private static IEnumerable<(string Name, Tensor Value)> Parts(Value value, string name) => value switch
    {
        Value.TensorOf { Node: { } node } => [(name, node)],
        Value.Tuple tuple => tuple.Items.SelectMany((item, i) => Parts(item, $"{name}.{i.ToString(CultureInfo.InvariantCulture)}")),
        Value.List list => list.Items.SelectMany((item, i) => Parts(item, $"{name}.{i.ToString(CultureInfo.InvariantCulture)}")),
        Value.Record record => record.Fields.SelectMany(field => Parts(field.Value, $"{name}.{field.Name}")),
        _ => [],
    };

    private static (string Type, string Text)? Written(Value value) => value switch
    {
        Value.Static { Number: var number } => ("int", number.ToString()),
        Value.Truth { Value_: var truth } => ("bool", truth ? "true" : "false"),
        Value.Text { Value_: var text } => ("string", AstPrinter.Quote(text)),
        Value.List list when list.Items.Map(Written) is var items && items.All(i => i is not null) => ("list", $"[{string.Join("; ", items.Select(i => i!.Value.Text))}]"),
        Value.Tuple tuple when tuple.Items.Map(Written) is var items && items.All(i => i is not null) => (string.Join(" * ", items.Select(i => i!.Value.Type)), $"({string.Join(", ", items.Select(i => i!.Value.Text))})"),
        _ => null,
    };

    private static Diagnostic Moved(Diagnostic diagnostic, SourceText input, SourceText text, int by)
    {
        return diagnostic with { Span = Back(diagnostic.Span), Notes = diagnostic.Notes.Map(n => n with { Span = Back(n.Span) }) };

        // Every line of the text stands by the same number of characters further right than in the input.
        SourceSpan Back(SourceSpan span)
        {
            if (span.Source != text) return span;
            var start = Math.Clamp(Original(span.Start), 0, input.Text.Length);
            return new(input, start, Math.Clamp(Original(span.End), start, input.Text.Length) - start);
        }

        int Original(int offset)
        {
            var (line, column) = text.Position(offset);
            return offset - line * by + Math.Max(0, by + 1 - column);
        }
    }
}
