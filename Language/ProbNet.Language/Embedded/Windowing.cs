using ProbNet.Graph;
using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>
/// How windows lie on an image [n, height, width, channels] or a signal [n, time, channels]: <see cref="Functions.Same"/>, <see cref="Functions.Valid"/>, or one of
/// them with strides, dilations and groups, <c>Same.Stride(2).Groups(4)</c>.
/// </summary>
public sealed record Windowing
{
    private readonly EqArray<(string Name, EqArray<int> Steps)> _fields = [];
    private readonly string _padding;

    internal Windowing(string padding) => _padding = padding;

    private Windowing(string padding, EqArray<(string Name, EqArray<int> Steps)> fields) => (_padding, _fields) = (padding, fields);

    /// <summary>From one window to the next: one number, or one for each axis of the window.</summary>
    public Windowing Stride(params int[] steps) => With("stride", steps);

    /// <summary>From one element of a window to the next: one number, or one for each axis of the window.</summary>
    public Windowing Dilation(params int[] steps) => With("dilation", steps);

    /// <summary>Channels are convolved in so many separate groups.</summary>
    public Windowing Groups(int groups) => With("groups", groups);

    internal Value In(Session session) => _fields.IsEmpty ? new Value.Text(_padding)
        : new Value.Record([("padding", new Value.Text(_padding)), .. _fields.Select(f => (f.Name, Steps(session, f.Steps)))]);

    private Windowing With(string name, params int[] steps) => new(_padding, [.. _fields.Where(f => f.Name != name), (name, steps.ToEqArray())]);

    private static Value Steps(Session session, EqArray<int> steps) =>
        steps is [var one] ? new Value.Static(Dim.Of(one), session.Clause) : Session.List(steps.Select(s => (Value)new Value.Static(Dim.Of(s), session.Clause)));
}
