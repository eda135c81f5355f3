using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>A step as TorchScript: <c>def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]</c> and the functions it calls.</summary>
/// <param name="Text">The script.</param>
/// <param name="Constants">The tensors of its second argument.</param>
/// <param name="Returned">For each tensor it returns, the output of the graph; those that are carried are in the inputs afterwards.</param>
internal sealed record EmittedScript(string Text, EqArray<HostTensor> Constants, EqArray<int> Returned)
{
    /// <summary>The name of the function.</summary>
    public const string Function = "step";
}

/// <summary>
/// A graph as TorchScript of libtorch's own operators, one line a node. Carried inputs are updated in place: by the operation that computes the new value where nothing reads
/// the old one any more, else by a copy at the end.
/// </summary>
internal static class PlainEmitter
{
    /// <summary>The script of a graph whose carries are fed back.</summary>
    public static EmittedScript Emit(TensorGraph graph, EqArray<Carry> carries)
    {
        var script = new ScriptWriter();
        var names = InputNames.Of(graph, carries);
        InputText.Write(graph, carries, names, script);
        var inPlace = InPlace.Find(graph, carries);
        NodeText.Write(graph, names, script, node => inPlace.TryGetValue(node, out var input) ? names[input] : null);
        int[] returned = [.. Enumerable.Range(0, graph.Outputs.Length).Where(o => carries.All(c => c.Output != o))];
        string[] results = [.. returned.Select(o => Returned(graph.Outputs[o].Value, names, inPlace))];
        WriteCarries(graph, carries, names, inPlace, results, script);
        script.Line($"return [{string.Join(", ", results)}]");
        var text = new StringBuilder(Prelude.Of(script.Used));
        text.Append("def ").Append(EmittedScript.Function).Append("(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n").Append(script.Body);
        return new(text.ToString(), [.. script.Constants], [.. returned]);
    }

    // What shares memory with an input is copied: inputs change before outputs are read.
    private static string Returned(Tensor value, Dictionary<Tensor, string> names, IReadOnlyDictionary<Tensor, Tensor> inPlace) =>
        Sharing.Root(value, inPlace).Op == OpCode.Input ? $"{names[value]}.clone()" : names[value];

    private static void WriteCarries(
        TensorGraph graph, EqArray<Carry> carries, Dictionary<Tensor, string> names, Dictionary<Tensor, Tensor> inPlace, string[] results, ScriptWriter script)
    {
        Carry[] copied = [.. carries.Where(c => !ReferenceEquals(graph.Inputs[c.Input], graph.Outputs[c.Output].Value)
            && !(inPlace.TryGetValue(graph.Outputs[c.Output].Value, out var input) && ReferenceEquals(input, graph.Inputs[c.Input])))];
        if (copied.Length == 0) return;
        // Copies come first: of results that share memory with what is about to change, and of new values that do.
        for (var i = 0; i < results.Length; i++)
        {
            if (!results[i].EndsWith(".clone()", StringComparison.Ordinal)) continue;
            var name = script.Fresh("result");
            script.Line($"{name} = {results[i]}");
            results[i] = name;
        }
        var updates = new List<string>();
        foreach (var carry in copied)
        {
            var value = graph.Outputs[carry.Output].Value;
            var name = names[value];
            if (Sharing.Root(value, inPlace).Op == OpCode.Input)
            {
                name = script.Fresh("next");
                script.Line($"{name} = {names[value]}.clone()");
            }
            updates.Add($"{names[graph.Inputs[carry.Input]]}.copy_({name})");
        }
        foreach (var update in updates) script.Line(update);
    }
}
