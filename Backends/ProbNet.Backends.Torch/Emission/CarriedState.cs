using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>The lines at the end of a script: new state goes over the old, and results are returned.</summary>
internal static class CarriedState
{
    /// <summary>Writes them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="carries">Outputs that go over inputs.</param>
    /// <param name="isInPlace">Whether the new value of a carry stands in the input already.</param>
    /// <param name="sharesInput">Whether an output's value may lie in the memory of an input.</param>
    /// <param name="inputs">The names of the inputs.</param>
    /// <param name="names">The expressions of the outputs.</param>
    /// <param name="script">What is written to.</param>
    /// <returns>The outputs that are returned.</returns>
    public static EqArray<int> Write(
        TensorGraph graph, EqArray<Carry> carries, Func<Carry, bool> isInPlace, Func<Tensor, bool> sharesInput,
        IReadOnlyDictionary<Tensor, string> inputs, IReadOnlyDictionary<Tensor, string> names, ScriptWriter script)
    {
        EqArray<int> returned = [.. Enumerable.Range(0, graph.Outputs.Length).Where(o => carries.All(c => c.Output != o))];
        Carry[] copied = [.. carries.Where(c => !ReferenceEquals(graph.Inputs[c.Input], graph.Outputs[c.Output].Value) && !isInPlace(c))];
        // What lies in an input's memory is copied before any state changes: a result, since inputs change before it is read, and new state, since states may exchange their values.
        string[] results = [.. returned.Select(o => Own(graph.Outputs[o].Value, "result"))];
        string[] next = [.. copied.Select(c => Own(graph.Outputs[c.Output].Value, "next"))];
        for (var i = 0; i < copied.Length; i++) script.Line($"{inputs[graph.Inputs[copied[i].Input]]}.copy_({next[i]})");
        script.Line($"return [{string.Join(", ", results)}]");
        return returned;

        string Own(Tensor value, string stem)
        {
            if (!sharesInput(value)) return names[value];
            var name = script.Fresh(stem);
            script.Line($"{name} = {names[value]}.clone()");
            return name;
        }
    }
}
