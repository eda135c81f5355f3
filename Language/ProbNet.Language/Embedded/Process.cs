using ProbNet.Language.Types;

namespace ProbNet.Language.Embedded;

/// <summary>A process in time, a distribution of sequences that is complete once its length is known: <c>HiddenMarkov(…).Steps(t)</c>.</summary>
public sealed class Process
{
    private readonly string _file;
    private readonly int _line;
    private readonly Func<Session, Value> _value;

    internal Process(string file, int line, string function, Func<Session, Value[]> arguments) =>
        (_file, _line, _value) = (file, line, s => s.Call(function, arguments(s)));

    /// <summary>The distribution of sequences of this many steps, <c>… |&gt; steps [t]</c> in the text form.</summary>
    /// <param name="length">The number of steps.</param>
    public Distribution Steps(Tensor length) => Distribution.Made(_file, _line, "steps", s => [Distribution.Shape(s, [length]), _value(s)]);
}
