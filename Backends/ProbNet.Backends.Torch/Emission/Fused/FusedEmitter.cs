using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// A graph as TorchScript with fused regions: elementwise work, draws and reductions over one space are a single call of <c>probnet.region</c>; products and whatever
/// else has a kernel of its own are libtorch's operators. New state is computed over the old where the order of reads allows.
/// </summary>
internal static class FusedEmitter
{
    /// <summary>The script of a graph whose carries are fed back.</summary>
    public static EmittedScript Emit(TensorGraph graph, EqArray<Carry> carries, TorchCompute compute)
    {
        var script = new ScriptWriter { WriteNodes = (body, names, writer) => FusedBody.Write(body, [], names, writer, compute) };
        var names = InputNames.Of(graph, carries);
        InputText.Write(graph, carries, names, script);
        var body = FusedBody.Write(graph, carries, names, script, compute);
        int[] returned = [.. Enumerable.Range(0, graph.Outputs.Length).Where(o => carries.All(c => c.Output != o))];
        foreach (var carry in carries)
        {
            if (body.InPlace.Contains(carry)) continue;
            script.Line($"{names[graph.Inputs[carry.Input]]}.copy_({names[graph.Outputs[carry.Output].Value]})");
        }
        script.Line($"return [{string.Join(", ", returned.Select(o => names[graph.Outputs[o].Value]))}]");
        var text = new StringBuilder(Prelude.Of(script.Used));
        text.Append("def ").Append(EmittedScript.Function).Append("(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n").Append(script.Body);
        return new(text.ToString(), [.. script.Constants], [.. returned]);
    }
}
