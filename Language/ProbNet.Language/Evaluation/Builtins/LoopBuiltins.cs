using System.Globalization;
using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Evaluation;

/// <summary>Loops: over the items of a static list, which are written out, and over the leading axis of tensors.</summary>
internal static class LoopBuiltins
{
    public static readonly EqArray<Builtin> All =
    [
        new("map", ["f", "items"], "(a -> b) -> list of a -> list of b", "applies a function to each item of a list, or to each position of a tensor's leading axis", (evaluator, arguments, call) =>
            arguments[1].Value is Value.List list ? Mapped(evaluator, arguments[0], list, call) : LoopEvaluation.Run(evaluator, "map", arguments[0], null, arguments[1], call, keepsSteps: true)),
        new("fold", ["f", "state", "items"], "(s -> a -> s) -> s -> list of a -> s", "passes a state through a function for each item of a list, or each position of a tensor's leading axis, and gives the last", (evaluator, arguments, call) =>
            arguments[2].Value is Value.List list ? Listed(evaluator, "fold", arguments[0], arguments[1], list, call, keepsSteps: false) : LoopEvaluation.Run(evaluator, "fold", arguments[0], arguments[1], arguments[2], call, keepsSteps: false)),
        new("scan", ["f", "state", "items"], "(s -> a -> s) -> s -> list of a -> list of s", "as fold, and gives the states after each step; a function that gives a pair of state and output gives the last state and all outputs", (evaluator, arguments, call) =>
            arguments[2].Value is Value.List list ? Listed(evaluator, "scan", arguments[0], arguments[1], list, call, keepsSteps: true) : LoopEvaluation.Run(evaluator, "scan", arguments[0], arguments[1], arguments[2], call, keepsSteps: true)),
    ];

    private static Value Mapped(Evaluator evaluator, Argument f, Value.List list, SourceSpan call)
    {
        var results = list.Items.Map(item => evaluator.Apply(f, call, item));
        if (!results.Any(x => x is Value.Random)) return new Value.List(results);
        return Deferred(evaluator, "map", prefix => new Value.List(Enumerable.Range(0, results.Count).Select(i => Drawn(evaluator, results[i], prefix, i, f.Span)).ToEqArray()));
    }

    private static Value Listed(Evaluator evaluator, string name, Argument f, Argument initial, Value.List list, SourceSpan call, bool keepsSteps)
    {
        if (list.Items.IsEmpty) return keepsSteps ? new Value.List([]) : initial.Value;
        var first = evaluator.Apply(f, call, initial.Value, list.Items[0]);
        return first is Value.Random or Value.Distribution ? Deferred(evaluator, name, Through) : Through(null);

        Value Through(string? prefix)
        {
            var state = initial.Value;
            var kept = new List<Value>();
            var pairs = false;
            for (var i = 0; i < list.Items.Count; i++)
            {
                var step = i == 0 ? first : evaluator.Apply(f, call, state, list.Items[i]);
                if (prefix is not null) step = Drawn(evaluator, step, prefix, i, f.Span);
                if (step.IsUnknown) return step;
                pairs = keepsSteps && !LoopState.IsLike(step, state) && step is Value.Tuple { Items.Count: 2 };
                state = pairs ? ((Value.Tuple)step).Items[0] : step;
                kept.Add(pairs ? ((Value.Tuple)step).Items[1] : step);
            }
            if (!keepsSteps) return state;
            return pairs ? new Value.Tuple([state, new Value.List(kept.ToEqArray())]) : new Value.List(kept.ToEqArray());
        }
    }

    // Draws happen where the loop is drawn from; their sites are numbered from 0.
    private static Value.Random Deferred(Evaluator evaluator, string name, Func<string, Value> run)
    {
        var frames = evaluator.Trace.Report.Frames;
        return new Value.Random($"a '{name}' of draws", prefix =>
        {
            var outer = evaluator.Trace.Report.Frames;
            evaluator.Trace.Report.Frames = frames;
            var result = run(prefix);
            evaluator.Trace.Report.Frames = outer;
            return result;
        });
    }

    private static Value Drawn(Evaluator evaluator, Value value, string prefix, int index, SourceSpan span) =>
        value is Value.Random or Value.Distribution ? ProbBlock.Draw(evaluator, value, ProbBlock.Join(prefix, index.ToString(CultureInfo.InvariantCulture)), span) : value;
}
