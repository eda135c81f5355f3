using System.Runtime.CompilerServices;

namespace ProbNet.Backends.Torch.Tests;

/// <summary>
/// The text of scripts, plain in <c>Golden/NAME.torchscript</c> and fused in <c>Golden/NAME.fused.torchscript</c>. With the environment variable PROBNET_ACCEPT=1 the files are rewritten instead of compared; read the difference before
/// committing it.
/// </summary>
public class GoldenTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scripts_read_as_accepted(bool isFused)
    {
        foreach (var example in ScriptGraphs.All)
        {
            var file = Path.Combine(Folder(), example.Name + (isFused ? ".fused" : "") + ".torchscript");
            var actual = (isFused ? FusedEmitter.Emit(example.Graph, example.Carries, TorchCompute.F32) : PlainEmitter.Emit(example.Graph, example.Carries)).Text;
            if (Environment.GetEnvironmentVariable("PROBNET_ACCEPT") == "1") File.WriteAllText(file, actual);
            Assert.True(File.Exists(file), $"{file} is missing");
            var expected = File.ReadAllText(file).ReplaceLineEndings("\n");
            Assert.True(expected == actual, $"{example.Name}: expected\n{expected}\nbut got\n{actual}");
        }
    }

    [TorchFact]
    public void Scripts_compute_what_the_reference_does()
    {
        foreach (var example in ScriptGraphs.All)
        {
            using var run = TorchRun.Start(example.Graph, example.Inputs, example.Carries);
            var expected = Graph.Reference.Evaluate(example.Graph, example.Inputs);
            var actual = run.Next();
            for (var i = 0; i < expected.Length; i++) Compare.Close(expected[i], actual[i], 64, 0.1, $"{example.Name} {example.Graph.Outputs[i].Name}");
        }
    }

    private static string Folder([CallerFilePath] string caller = "") => Path.Combine(Path.GetDirectoryName(caller)!, "Golden");
}
