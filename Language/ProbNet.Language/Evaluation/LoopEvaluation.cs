using ProbNet.Graph;
using ProbNet.Language.Types;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Evaluation;

/// <summary>
/// A loop over the leading axis of tensors. The function is evaluated once, for a step: on stand-ins for the state and for one position of what it goes over. So a
/// loop means the same for every length, and its sites are the same when a program is checked and when it is elaborated.
/// </summary>
internal sealed class LoopEvaluation
{
    private readonly Evaluator _evaluator;
    private readonly string _name;
    private readonly Argument _function;
    private readonly Value _initial;
    private readonly EqArray<Value.TensorOf> _first, _state, _items, _sequences;
    private readonly Axis _steps;
    private readonly SourceSpan _call, _initialSpan;
    private readonly bool _keepsSteps;

    private LoopEvaluation(
        Evaluator evaluator, string name, Argument function, Argument? initial, EqArray<Value.TensorOf> first, EqArray<Value.TensorOf> sequences, SourceSpan call, bool keepsSteps)
    {
        (_evaluator, _name, _function, _call, _keepsSteps) = (evaluator, name, function, call, keepsSteps);
        (_initial, _initialSpan) = (initial?.Value ?? Value.Unit.It, initial?.Span ?? call);
        (_first, _sequences, _steps) = (first, sequences, sequences[0].Axes[0]);
        _state = StandIns(first, "state", 0);
        _items = StandIns(sequences, "item", 1);
    }

    /// <summary>Runs a loop: <c>fold</c>, or <c>scan</c> where steps are kept, or <c>map</c> where there is no state.</summary>
    public static Value Run(Evaluator evaluator, string name, Argument function, Argument? initial, Argument over, SourceSpan call, bool keepsSteps)
    {
        if (LoopState.Leaves(evaluator, over.Value, over.Span, $"what '{name}' goes over") is not { } sequences) return Value.Unknown.It;
        EqArray<Value.TensorOf>? first = initial is { } start ? LoopState.Leaves(evaluator, start.Value, start.Span, $"the state of '{name}'") : [];
        if (first is null || !HaveOneLength(evaluator, name, sequences, over.Span)) return Value.Unknown.It;
        var loop = new LoopEvaluation(evaluator, name, function, initial, first.Value, sequences, call, keepsSteps);
        return loop.Step(LoopState.Rebuild(loop._initial, loop._state), LoopState.Rebuild(over.Value, loop._items), hasState: initial is not null);
    }

    private Value Step(Value state, Value item, bool hasState)
    {
        var step = hasState ? _evaluator.Apply(_function, _call, state, item) : _evaluator.Apply(_function, _call, item);
        if (step is not (Value.Random or Value.Distribution)) return Finish(step, null);
        var trace = _evaluator.Trace;
        var frames = trace.Report.Frames;
        return new Value.Random($"a '{_name}' of draws", prefix =>
        {
            var (outerFrames, outerLoop) = (trace.Report.Frames, trace.Loop);
            var frame = new LoopFrame(trace, _steps, !_first.IsEmpty);
            (trace.Report.Frames, trace.Loop) = (frames, frame);
            var drawn = ProbBlock.Draw(_evaluator, step, prefix, _function.Span);
            (trace.Report.Frames, trace.Loop) = (outerFrames, outerLoop);
            return Finish(drawn, frame);
        });
    }

    private Value Finish(Value step, LoopFrame? frame)
    {
        if (step.IsUnknown || Split(step) is not var (next, kept)) return Value.Unknown.It;
        if (Next(next) is not { } after || LoopState.Leaves(_evaluator, kept, _function.Span, $"the result of '{_name}'") is not { } outputs) return Value.Unknown.It;
        Value.TensorOf[] final = [.. _first], stacked = [.. outputs.Select(x => new Value.TensorOf(x.Element, [_steps, .. x.Axes], null, x.Bound))];
        if (_evaluator.Trace.BuildsGraph)
        {
            var holes = frame?.Holes ?? [];
            var loop = new OpenLoop
            {
                Length = checked((int)_steps.Size.Constant!.Value),
                Carries = _state.Map(x => x.Node!),
                Initial = _first.Map(x => x.Node!),
                Next = after.Map(x => x.Node!),
                Slices = [.. _items.Select(x => x.Node!), .. holes.Select(h => h.Slice)],
                Sequences = [.. _sequences.Select(x => x.Node!), .. holes.Select(h => h.Hole)],
            };
            var (carries, all) = loop.Run(_evaluator.Trace.Precision, [.. outputs.Select(x => x.Node!), .. frame?.Wanted ?? []], _evaluator.Trace.OriginAt(_call));
            for (var i = 0; i < final.Length; i++) final[i] = final[i] with { Node = carries[i] };
            for (var i = 0; i < stacked.Length; i++) stacked[i] = stacked[i] with { Node = all[i] };
            frame?.Complete(all.Skip(stacked.Length), _first.IsEmpty ? null : loop);
        }
        var state = LoopState.Rebuild(_initial, [.. final.Select(x => x with { Literal = null, Source = null })]);
        if (!_keepsSteps) return state;
        var steps = LoopState.Rebuild(kept, [.. stacked]);
        return ReferenceEquals(kept, step) ? steps : new Value.Tuple([state, steps]);
    }

    /// <summary>The next state and what is kept of a step.</summary>
    private (Value Next, Value Kept)? Split(Value step)
    {
        if (_first.IsEmpty && _keepsSteps) return (Value.Unit.It, step);
        if (LoopState.IsLike(step, _initial)) return (step, _keepsSteps ? step : Value.Unit.It);
        if (_keepsSteps && step is Value.Tuple { Items: [var state, var output] } && LoopState.IsLike(state, _initial)) return (state, output);
        var pair = _keepsSteps ? " or a pair of the next state and an output" : "";
        _evaluator.Trace.Report.Fail(CheckerCodes.LoopState, _function.Span, $"a step of '{_name}' must give the next state{pair}, but it gives {step.Describe()}",
            _keepsSteps ? "to keep the state after each step, give the next state alone; to keep something else, give a pair in parentheses, (next, output), and take the result apart: let last, outputs = …"
                : step is not Value.Tuple ? null : $"'fold' keeps the state alone; 'scan' also keeps an output of each step",
            [new DiagnosticNote($"the state starts as {_initial.Describe()}", _initialSpan), .. Declared()]);
        return null;
    }

    /// <summary>The tensors of the next state, of the state's own types; null, with a report, where one differs.</summary>
    private EqArray<Value.TensorOf>? Next(Value next)
    {
        if (LoopState.Leaves(_evaluator, next, _function.Span, $"the state of '{_name}'") is not { } leaves) return null;
        var result = new Value.TensorOf[leaves.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var (before, after) = (_state[i], leaves[i]);
            if (before.Element == ElementType.Real && after.Element == ElementType.Int && Coerce.ToReal(_evaluator, after, _function.Span) is { } real) after = real;
            result[i] = after;
            if (before.Element == after.Element && before.Axes == after.Axes && (before.Bound is null || before.Bound.Equals(after.Bound))) continue;
            var differs = Enumerable.Range(0, Math.Min(before.Axes.Count, after.Axes.Count)).FirstOrDefault(a => !before.Axes[a].Equals(after.Axes[a]), -1);
            EqArray<DiagnosticNote> origins = before.Axes.Count == after.Axes.Count && differs >= 0 ? [.. Shapes.Provenance(before.Axes[differs]), .. Shapes.Provenance(after.Axes[differs])] : [];
            _evaluator.Trace.Report.Fail(CheckerCodes.LoopState, _function.Span, $"the state of '{_name}' must keep its type: it starts as {before.Describe()}, and after a step it is {after.Describe()}", Hint(before, after),
                [new DiagnosticNote($"the state starts as {before.Describe()}", _initialSpan), .. Declared(), .. origins]);
            return null;
        }
        return result.ToEqArray();
    }

    private static string? Hint(Value.TensorOf before, Value.TensorOf after) =>
        before.Element == ElementType.Int && after.Element == ElementType.Real ? "start from a real number, e.g. 0.0"
        : before.Element == after.Element && before.Axes == after.Axes ? "start from an integer without a bound, e.g. 0"
        : Shapes.Broadcast(before.Axes, after.Axes) is not null ? $"start from a tensor of the shape it takes, e.g. zeros {TypeText.Shape(after.Axes).Replace(',', ';')}" : null;

    private EqArray<DiagnosticNote> Declared() => _function.Value is Value.Function function && function.Declared != _function.Span ? Coerce.Declared(function) : [];

    private static bool HaveOneLength(Evaluator evaluator, string name, EqArray<Value.TensorOf> sequences, SourceSpan span)
    {
        if (sequences.IsEmpty)
        {
            evaluator.Trace.Report.Fail(CheckerCodes.WrongKind, span, $"there is nothing for '{name}' to go over", "give it a list, or a tensor with an axis");
            return false;
        }
        foreach (var x in sequences)
        {
            if (x.IsScalar)
            {
                Shapes.FailRank(evaluator, span, $"'{name}' goes over the leading axis of a tensor", x, "it also goes over the items of a list, e.g. [1; 2; 3]");
                return false;
            }
            if (x.Axes[0].Equals(sequences[0].Axes[0])) continue;
            evaluator.Trace.Report.Fail(CheckerCodes.Broadcast, span, $"'{name}' goes over tensors of different lengths, {sequences[0].Axes[0]} against {x.Axes[0]}", null,
                [.. Shapes.Provenance(sequences[0].Axes[0]), .. Shapes.Provenance(x.Axes[0])]);
            return false;
        }
        return true;
    }

    // Values of the same types without the first axes, computed from nothing.
    private static EqArray<Value.TensorOf> StandIns(EqArray<Value.TensorOf> values, string name, int dropped) => Enumerable.Range(0, values.Count).Select(i => values[i] with
    {
        Axes = values[i].Axes[dropped..],
        Literal = null,
        // Where a state comes from changes from step to step.
        Source = dropped == 0 ? null : values[i].Source,
        Node = values[i].Node is { } node ? Input($"{name}{i}", node.DType, node.Shape[dropped..]) : null,
    }).ToEqArray();
}
