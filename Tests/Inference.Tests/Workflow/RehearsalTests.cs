using ProbNet.Backends.Cpu;
using ProbNet.Graph;
using ProbNet.Inference.Workflow;

namespace ProbNet.Inference.Tests.Workflow;

public class RehearsalTests
{
    [Fact]
    public void TheStepIsTheSameOnTheReferenceBackend()
    {
        var expected = Rehearsal.Run(new ReferenceBackend());
        Assert.True(double.IsFinite(expected));
        Assert.Equal(expected, Rehearsal.Run(new CpuBackend()), 1e-4 * Math.Abs(expected));
    }
}
